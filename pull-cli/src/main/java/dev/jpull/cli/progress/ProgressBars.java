// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import dev.jpull.PrintableText;
import dev.jpull.event.ProgressMeter;
import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import dev.jpull.image.Digest;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A bar for every blob that is under way, and one line for all of them. Lines that are finished scroll up and stay; no
 * more bars are drawn than the terminal has rows for.
 */
final class ProgressBars implements PullListener {
    private static final long FRAME_NANOS = Duration.ofMillis(80).toNanos();
    private static final String CLEAR_LINE = "\u001b[K";
    private static final int BAR = 24;

    private final PrintWriter out;
    private final EventLines lasting;
    private final ProgressMeter meter = new ProgressMeter();
    private final Map<Digest, Bar> active = new LinkedHashMap<>();
    /** How much of their content has been worked on; shown when their download has ended. */
    private final Map<Digest, Bar> layers = new LinkedHashMap<>();

    private int drawn;
    private long lastFrame;

    private static final class Bar {
        private final long pull;
        private final long total;
        private long bytes;
        private String host = "";

        Bar(long pull, long bytes, long total) {
            this.pull = pull;
            this.bytes = bytes;
            this.total = total;
        }
    }

    ProgressBars(PrintWriter out, EventLines lasting) {
        this.out = out;
        this.lasting = lasting;
    }

    @Override
    public void onEvent(PullEvent event) {
        meter.onEvent(event);
        String line = take(event);
        boolean end = event instanceof PullEvent.PullCompleted || event instanceof PullEvent.PullFailed;
        if (end) {
            forget(event.pull());
        }
        long now = System.nanoTime();
        if (!line.isEmpty() || end || now - lastFrame >= FRAME_NANOS) {
            lastFrame = now;
            draw(line);
        }
    }

    /** Notes the event; returns a line that stays, or nothing. */
    private String take(PullEvent event) {
        if (event instanceof PullEvent.BlobQueued queued) {
            active.remove(queued.digest()); // to the end
            active.put(queued.digest(), new Bar(queued.pull(), queued.bytes(), queued.total()));
            return "";
        }
        if (event instanceof PullEvent.BlobStarted started) {
            Bar bar = bar(started, started.digest(), started.bytes(), started.total());
            bar.bytes = started.bytes();
            bar.host = started.host();
            return "";
        }
        if (event instanceof PullEvent.BlobProgress progress) {
            bar(progress, progress.digest(), progress.bytes(), progress.total()).bytes = progress.bytes();
            return "";
        }
        if (event instanceof PullEvent.LayerProgress progress) {
            Bar bar =
                    layers.computeIfAbsent(progress.digest(), unseen -> new Bar(progress.pull(), 0, progress.total()));
            bar.bytes = progress.bytes();
            return "";
        }
        if (event instanceof PullEvent.LayerCompleted completed) {
            layers.remove(completed.digest());
            return lasting.of(event);
        }
        if (event instanceof PullEvent.BlobCompleted completed) {
            active.remove(completed.digest());
            String line = lasting.of(event);
            return line.isEmpty() || completed.host().isEmpty() ? line : line + " from " + completed.host();
        }
        return lasting.of(event);
    }

    private Bar bar(PullEvent event, Digest digest, long bytes, long total) {
        // Unseen is a blob of another pull, which this one waits for.
        return active.computeIfAbsent(digest, unseen -> new Bar(event.pull(), bytes, total));
    }

    /** The bars of a pull that has ended. */
    private void forget(long pull) {
        layers.values().removeIf(bar -> bar.pull == pull);
        active.values().removeIf(bar -> bar.pull == pull);
    }

    private void draw(String line) {
        StringBuilder frame = new StringBuilder();
        if (drawn > 0) {
            frame.append("\u001b[").append(drawn).append('A');
        }
        frame.append('\r');
        if (!line.isEmpty()) {
            frame.append(fit(line, Integer.MAX_VALUE)).append(CLEAR_LINE).append('\n');
        }
        List<String> lines = lines();
        for (String each : lines) {
            frame.append(each).append(CLEAR_LINE).append('\n');
        }
        frame.append("\u001b[J"); // the rest of an earlier, taller frame
        drawn = lines.size();
        out.print(frame);
        out.flush();
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        int columns = Terminal.columns();
        int room = Terminal.rows() - 3;
        active.forEach((digest, bar) -> addLine(lines, room, line(digest, bar), columns));
        layers.forEach((digest, bar) -> {
            if (!active.containsKey(digest)) {
                addLine(lines, room, line(digest, bar) + " verified", columns);
            }
        });
        if (active.isEmpty()) {
            return lines;
        }
        ProgressMeter.Progress all = meter.snapshot().all();
        Duration remaining = all.remaining();
        String total = lasting.status() + "total " + ByteCount.of(all.bytes()) + " of " + ByteCount.of(all.total())
                + (all.bytesPerSecond() > 0 ? ", " + ByteCount.of(all.bytesPerSecond()) + "/s" : "")
                + (remaining == null ? "" : ", " + remaining.toSeconds() + " s left")
                + (active.size() > room ? ", " + (active.size() - room) + " more blobs" : "");
        lines.add(fit(total, columns - 1));
        return lines;
    }

    private static void addLine(List<String> lines, int room, String line, int columns) {
        if (lines.size() < room) {
            lines.add(fit(line, columns - 1));
        }
    }

    private static String line(Digest digest, Bar bar) {
        double share = bar.total == 0 ? 1 : (double) bar.bytes / bar.total;
        int filled = (int) Math.round(share * BAR);
        String graph = "=".repeat(filled) + (filled < BAR ? ">" + " ".repeat(BAR - filled - 1) : "");
        return digest.shortHex() + " [" + graph + "] " + ByteCount.of(bar.bytes) + " of " + ByteCount.of(bar.total)
                + (bar.host.isEmpty() ? "" : " from " + bar.host);
    }

    /** Nothing but our own sequences controls the terminal. */
    private static String fit(String text, int columns) {
        String line = PrintableText.message(text);
        return line.length() <= columns ? line : line.substring(0, columns);
    }
}
