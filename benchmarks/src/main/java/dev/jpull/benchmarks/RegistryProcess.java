// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks;

import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestRegistry;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A registry in a process of its own, so that its work is not counted as work of the client and does not share its garbage
 * collector. It ends with {@link #close()}, or with the process that started it.
 */
final class RegistryProcess implements Closeable {
    private final Process process;
    private final String host;

    private RegistryProcess(Process process, String host) {
        this.process = process;
        this.host = host;
    }

    /**
     * Starts a registry that has images {@code app-0:1}, {@code app-1:1} and so on, each with one layer of noise.
     *
     * @param images how many
     * @param layerSize the size of each layer in bytes
     * @param delayMillis how long each response is held back, in place of a round trip
     */
    static RegistryProcess start(int images, int layerSize, int delayMillis) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RegistryProcess.class.getName(),
                        String.valueOf(images),
                        String.valueOf(layerSize),
                        String.valueOf(delayMillis)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        String host = lines.readLine();
        if (host == null) {
            throw new IOException("the registry ended before it named its port");
        }
        return new RegistryProcess(process, host);
    }

    /** The host and port. */
    String host() {
        return host;
    }

    /** The image with this number. */
    String image(int number) {
        return host + "/app-" + number + ":1";
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** Serves until the standard input ends; each request empties its log, which a benchmark would fill. */
    public static void main(String[] arguments) throws IOException {
        int images = Integer.parseInt(arguments[0]);
        Layer layer = new Layer(Integer.parseInt(arguments[1]), Compression.NONE);
        int delay = Integer.parseInt(arguments[2]);
        try (TestRegistry registry = TestRegistry.start()) {
            for (int i = 0; i < images; i++) {
                registry.serve("app-" + i, "1", new ImageFactory(i).image("linux/amd64", layer));
            }
            registry.when(
                    request -> {
                        registry.clearLog();
                        return delay > 0;
                    },
                    Behaviour.ORDINARY.delayed(delay));
            System.out.println(registry.host());
            System.in.read();
        }
    }
}
