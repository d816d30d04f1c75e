// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import java.io.PrintWriter;
import java.time.Duration;

/** A line on a terminal with a count of bytes, for one long task; nothing elsewhere. For use by one thread. */
public final class ByteLine {
    private static final long FRAME_NANOS = Duration.ofMillis(200).toNanos();
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean isShown;
    private final String verb;
    private final long start = System.nanoTime();
    private long lastFrame = start;
    private boolean isDrawn;

    private ByteLine(PrintWriter out, boolean isShown, String verb) {
        this.out = out;
        this.isShown = isShown;
        this.verb = verb;
    }

    /**
     * A line on standard error.
     *
     * @param quiet whether nothing is shown
     * @param verb what is done to the bytes, such as {@code read}
     */
    public static ByteLine on(PrintWriter out, boolean quiet, String verb) {
        return new ByteLine(HarmlessWriter.raw(out), !quiet && Terminal.isStandardError(), verb);
    }

    /** Shows how many bytes there are so far; most calls draw nothing. */
    public void show(long bytes) {
        long now = System.nanoTime();
        if (!isShown || now - lastFrame < FRAME_NANOS) {
            return;
        }
        lastFrame = now;
        isDrawn = true;
        double seconds = (now - start) / 1e9;
        out.print(CLEAR_LINE + verb + " " + ByteCount.of(bytes) + ", " + ByteCount.of((long) (bytes / seconds)) + "/s");
        out.flush();
    }

    /** Takes the line away. */
    public void clear() {
        if (isDrawn) {
            out.print(CLEAR_LINE);
            out.flush();
        }
    }
}
