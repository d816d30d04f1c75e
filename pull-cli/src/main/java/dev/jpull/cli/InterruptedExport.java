// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;

/** Ends the export of this thread when the process is told to end, so that it leaves no unfinished file. */
final class InterruptedExport implements AutoCloseable {
    /** How long a signal waits for the end of the export, which may be blocked by the reader of a pipe. */
    private static final long LIMIT_MILLIS = 2_000;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Interruption.Closing closing;

    private InterruptedExport(Interruption interruption) {
        Thread exporting = Thread.currentThread();
        closing = interruption.closing(() -> end(exporting), "; the export was not finished");
    }

    /** The export that this thread begins now; closed with its end. */
    static InterruptedExport of(CommandSpec spec) {
        return new InterruptedExport(Interruption.of(spec));
    }

    private void end(Thread exporting) throws InterruptedException {
        exporting.interrupt();
        if (!ended.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
            System.getLogger(InterruptedExport.class.getName())
                    .log(System.Logger.Level.DEBUG, "the export has not ended in time");
        }
    }

    @Override
    public void close() {
        ended.countDown();
        closing.close();
    }
}
