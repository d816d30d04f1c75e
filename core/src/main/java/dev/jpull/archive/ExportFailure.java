// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.error.StoreException;
import dev.jpull.file.Reason;
import dev.jpull.file.RegularFile;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/** The failures of writing an archive. */
final class ExportFailure {
    private ExportFailure() {}

    /** The failure in words, with what to do. */
    static PullException of(String action, Path target, IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new PullCancelledException("the export was interrupted", e);
        }
        Path shown = target;
        String reason = Reason.of(e);
        if (reason.contains("No space left") || reason.contains("quota")) {
            reason = "the disk is full: free some space, and export again";
        } else if (e instanceof RegularFile.NotRegularException refused) {
            Path file = Path.of(refused.getFile());
            boolean within = !file.equals(target) && file.startsWith(target);
            shown = within ? file : target;
            reason += within
                    ? ": remove it, or name another directory"
                    : ": name another file, or write the archive to standard output (-o -)";
        }
        return new StoreException("cannot " + action + " " + shown + ": " + reason, e);
    }

    /** The failure of writing to a stream. */
    static PullException ofStream(IOException e) {
        return e instanceof ClosedByInterruptException
                ? new PullCancelledException("the export was interrupted", e)
                : new StoreException("cannot write the archive: " + Reason.of(e), e);
    }
}
