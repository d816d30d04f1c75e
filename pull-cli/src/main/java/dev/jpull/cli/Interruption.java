// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import java.io.PrintWriter;

/** Ends a pull in good order when the process is told to end: partial blobs are kept for the next time. */
final class Interruption implements AutoCloseable {
    private final Thread hook;

    private Interruption(Thread hook) {
        this.hook = hook;
    }

    static Interruption closing(ImagePuller puller, PrintWriter err) {
        Thread hook = new Thread(
                () -> {
                    puller.close();
                    err.println("jpull: interrupted; what was fetched is kept, and the next pull goes on from there");
                    err.flush();
                },
                "jpull-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Interruption(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already: let the hook do its work, and say nothing else.
            waitForTheEnd();
        }
    }

    private static void waitForTheEnd() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
