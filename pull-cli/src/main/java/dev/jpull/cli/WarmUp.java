// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Loads the classes of a pull on a second thread while the options are read: both take about as long.
 *
 * @param done completes when everything is loaded
 */
record WarmUp(CompletableFuture<Void> done) {
    private static final System.Logger LOGGER = System.getLogger(WarmUp.class.getName());
    static final WarmUp NONE = new WarmUp(CompletableFuture.completedFuture(null));

    /** Starts the thread when the arguments look like a pull. */
    static WarmUp take(String... args) {
        boolean pulls = args.length > 0 && Arrays.stream(args).noneMatch(WarmUp::isOfAnotherCommand);
        if (!pulls) {
            return NONE;
        }
        boolean authorityIsNamed = Arrays.asList(args).contains("--tlscacert");
        boolean tls = authorityIsNamed
                || Arrays.stream(args)
                        .noneMatch(arg -> arg.equals("--plain-http")
                                || arg.equals("--offline")
                                || arg.startsWith("localhost")
                                || arg.startsWith("127."));
        return new WarmUp(CompletableFuture.runAsync(() -> load(tls, !authorityIsNamed), task -> {
            Thread thread = new Thread(task, "jpull-warm-up");
            thread.setDaemon(true);
            thread.start();
        }));
    }

    private static void load(boolean tls, boolean runtimeAuthorities) {
        if (tls) {
            ImagePuller.warmUp(CommandTls.ofEnvironment(), runtimeAuthorities);
        } else {
            ImagePuller.warmUp(false);
        }
    }

    private static boolean isOfAnotherCommand(String arg) {
        return switch (arg) {
            case "-h", "--help", "-V", "--version", "hosts", "store", "demo" -> true;
            default -> false;
        };
    }

    /**
     * Waits until all classes are loaded: two threads that initialise the same classes can deadlock. A failure is ignored,
     * because it occurs again where the class is needed.
     */
    void await() {
        done.exceptionally(failure -> {
                    LOGGER.log(System.Logger.Level.DEBUG, "the warm-up failed", failure);
                    return null;
                })
                .join();
    }
}
