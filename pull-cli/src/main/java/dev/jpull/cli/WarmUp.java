// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * What a pull needs is loaded while the options are read: both take about as long, and there is a second core in most
 * machines.
 *
 * @param done completes when everything is loaded
 */
record WarmUp(CompletableFuture<Void> done) {
    private static final System.Logger LOGGER = System.getLogger(WarmUp.class.getName());
    static final WarmUp NONE = new WarmUp(CompletableFuture.completedFuture(null));

    /** Begins, when it looks as if something is going to be pulled. */
    static WarmUp take(String... args) {
        boolean pulls = args.length > 0 && Arrays.stream(args).noneMatch(WarmUp::asksForNoPull);
        if (!pulls) {
            return NONE;
        }
        boolean tls = Arrays.asList(args).contains("--tlscacert")
                || Arrays.stream(args)
                        .noneMatch(arg -> arg.equals("--plain-http")
                                || arg.equals("--offline")
                                || arg.startsWith("localhost")
                                || arg.startsWith("127."));
        return new WarmUp(CompletableFuture.runAsync(() -> ImagePuller.preload(tls), task -> {
            Thread thread = new Thread(task, "jpull-preload");
            thread.setDaemon(true);
            thread.start();
        }));
    }

    private static boolean asksForNoPull(String arg) {
        return switch (arg) {
            case "-h", "--help", "-V", "--version", "hosts", "store", "demo" -> true;
            default -> false;
        };
    }

    /**
     * Waits until everything is loaded: two threads that initialise the same classes may wait for each other for ever. What
     * failed fails again where it is needed, and perhaps is not.
     */
    void await() {
        done.exceptionally(failure -> {
                    LOGGER.log(System.Logger.Level.DEBUG, "nothing could be loaded ahead", failure);
                    return null;
                })
                .join();
    }
}
