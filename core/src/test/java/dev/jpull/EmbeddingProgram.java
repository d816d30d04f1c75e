// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.PullException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Uses the library and nothing that tests have: it is run with the libraries that a program gets which names jpull core alone.
 */
final class EmbeddingProgram {
    private EmbeddingProgram() {}

    /** The arguments are a hosts directory, a directory for results, and calls: {@code pull=IMAGE}, {@code verify=IMAGE}, {@code unpack=IMAGE}. */
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[1]);
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .hostsDirectory(Path.of(arguments[0]))
                .store(directory.resolve("store"))
                .build()) {
            for (int i = 2; i < arguments.length; i++) {
                String[] call = arguments[i].split("=");
                System.out.println(arguments[i] + " "
                        + result(() -> switch (call[0]) {
                            case "verify" ->
                                puller.pull(PullRequest.builder(call[1])
                                        .verifyLayers(true)
                                        .build());
                            case "unpack" ->
                                puller.unpack(
                                        PullRequest.of(call[1]), directory.resolve("rootfs"), UnpackOptions.defaults());
                            default -> puller.pull(call[1]);
                        }));
            }
        }
    }

    private static String result(Supplier<Object> call) {
        try {
            return call.get() == null ? "nothing" : "done";
        } catch (PullException e) {
            return e.kind() + " " + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }
}
