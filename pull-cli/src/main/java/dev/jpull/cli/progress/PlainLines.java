// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import dev.jpull.error.Attempt;
import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import java.io.PrintWriter;

/** A line for each important event, for logs: without progress inside a blob. */
final class PlainLines implements PullListener {
    private final PrintWriter out;
    private final EventLines lines;

    PlainLines(PrintWriter out, EventLines lines) {
        this.out = out;
        this.lines = lines;
    }

    @Override
    public void onEvent(PullEvent event) {
        String line = lines.of(event);
        if (!line.isEmpty()) {
            out.println(line);
            out.flush();
        }
    }

    /** The event as a line; empty when it is not worth one. */
    static String describe(PullEvent event) {
        if (event instanceof PullEvent.Warning warning) {
            return "warning: " + warning.text();
        }
        if (event instanceof PullEvent.Fallback fallback) {
            return "fallback: " + brief(fallback.attempt());
        }
        if (event instanceof PullEvent.Resolved resolved) {
            return "resolved " + resolved.image() + " to " + resolved.digest()
                    + (resolved.host().isEmpty() ? " (in the store)" : " by " + resolved.host());
        }
        if (event instanceof PullEvent.BlobPresent present) {
            return "present  " + present.digest().shortHex() + " " + ByteCount.of(present.total());
        }
        if (event instanceof PullEvent.BlobStarted started) {
            return "fetching " + started.digest().shortHex() + " " + ByteCount.of(started.total())
                    + (started.bytes() > 0 ? " from byte " + started.bytes() : "") + " from " + started.host();
        }
        if (event instanceof PullEvent.BlobRetry retry) {
            return "retrying " + retry.digest().shortHex() + " at byte " + retry.bytes() + " in "
                    + retry.pause().toMillis() + " ms: " + brief(retry.attempt());
        }
        if (event instanceof PullEvent.BlobCompleted completed) {
            return "verified " + completed.digest().shortHex() + " " + ByteCount.of(completed.total());
        }
        if (event instanceof PullEvent.LayerCompleted completed) {
            return "verified " + completed.digest().shortHex() + " uncompressed";
        }
        return "";
    }

    private static String brief(Attempt attempt) {
        return attempt.phase() + " at " + attempt.host() + ": " + attempt.reason();
    }
}
