// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import dev.jpull.event.PullEvent;
import java.util.HashSet;
import java.util.Set;

/**
 * The events of many pulls: a line for each image of which something was fetched, and each warning once, because images of one
 * registry have most of them in common. For use by one thread.
 */
final class ImageLines implements EventLines {
    /** How many warnings are remembered; later ones may be there twice. */
    private static final int MAX_WARNINGS = 1_000;

    private final boolean warningsOnly;
    private final Set<String> warnings = new HashSet<>();
    /** The pulls under way that fetch something. */
    private final Set<Long> fetching = new HashSet<>();

    private int done;

    ImageLines(boolean warningsOnly) {
        this.warningsOnly = warningsOnly;
    }

    @Override
    public String of(PullEvent event) {
        if (event instanceof PullEvent.Warning || event instanceof PullEvent.Fallback) {
            String line = PlainLines.describe(event);
            boolean unseen = warnings.size() >= MAX_WARNINGS || warnings.add(line);
            return unseen && !isWaitForOwnPull(event) ? line : "";
        }
        if (event instanceof PullEvent.BlobStarted) {
            fetching.add(event.pull());
            return "";
        }
        if (event instanceof PullEvent.BlobRetry) {
            return warningsOnly ? "" : PlainLines.describe(event);
        }
        boolean completed = event instanceof PullEvent.PullCompleted;
        if (!completed && !(event instanceof PullEvent.PullFailed) || isCancelled(event)) {
            return "";
        }
        done++;
        boolean fetched = fetching.remove(event.pull());
        if (warningsOnly) {
            return "";
        }
        return completed ? fetched ? "fetched: " + event.image() : "" : "failed: " + event.image();
    }

    /** The images of one list wait for each other's blobs as a matter of course. */
    private static boolean isWaitForOwnPull(PullEvent event) {
        return event instanceof PullEvent.Warning warning
                && warning.text().startsWith("waiting for another pull of this process");
    }

    /** After the first failure of a run, or a signal, the other images fail by it. */
    private static boolean isCancelled(PullEvent event) {
        return event instanceof PullEvent.PullFailed failed
                && (failed.reason().contains(" was cancelled")
                        || failed.reason().contains(" was ended, because "));
    }

    @Override
    public String status() {
        return done + (done == 1 ? " image done, " : " images done, ");
    }
}
