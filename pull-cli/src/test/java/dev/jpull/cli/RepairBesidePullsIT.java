// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code store verify --repair} again and again beside six processes that pull and two that prune, while blobs are damaged: no
 * image that was whole is broken by it. With the profile {@code soak} for two minutes and more.
 */
class RepairBesidePullsIT {
    private static final int ROUNDS = Boolean.getBoolean("jpull.soak") ? 40 : 3;
    private static final int IMAGES = 8;
    private static final int PULLS = 6;

    @TempDir
    Path temporary;

    private int started;

    private Path store() {
        return temporary.resolve("store");
    }

    private Process start(String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(args[0].equals("store") ? 2 : 0, List.of("--store", store().toString()));
        return new PackagedCommand(temporary.resolve("process-" + started++)).start(List.of(), all);
    }

    private static void assertEnds(Process process, Integer... exitCodes) throws InterruptedException {
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isIn((Object[]) exitCodes);
    }

    @Test
    void noImageThatWasWholeIsBroken() throws Exception {
        List<TestImage> images = new ArrayList<>();
        try (TestRegistry registry = TestRegistry.start()) {
            List<String> names = new ArrayList<>();
            Layer shared = new Layer(500_000, Compression.NONE);
            for (int i = 0; i < IMAGES; i++) {
                TestImage image =
                        new ImageFactory(70 + i).image("linux/amd64", shared, new Layer(200_000 + i, Compression.GZIP));
                images.add(image);
                registry.serve("team/app" + i, "1", image);
                names.add(registry.host() + "/team/app" + i + ":1");
            }
            List<String> pull = new ArrayList<>(List.of("--plain-http", "-q"));
            pull.addAll(names);
            assertEnds(start(pull.toArray(String[]::new)), 0);
            Random random = new Random(11);
            for (int round = 0; round < ROUNDS; round++) {
                List<Process> running = new ArrayList<>();
                for (int i = 0; i < PULLS; i++) {
                    running.add(start(pull.toArray(String[]::new)));
                }
                damage(images.get(random.nextInt(IMAGES)), random);
                for (int i = 0; i < 2; i++) {
                    running.add(start("store", "prune", "--unused", "0s"));
                }
                // What another process is fetching at the time may be missing for this one, which is no failure.
                assertEnds(start("store", "verify", "--plain-http", "--repair"), 0, 7);
                for (Process process : running) {
                    assertEnds(process, 0);
                }
                assertEnds(start("store", "verify", "--plain-http", "--repair"), 0);
                Process verify = start("store", "verify");
                assertEnds(verify, 0);
            }
            registry.close();
            for (String name : names) {
                assertEnds(start("--offline", "-q", name), 0);
            }
        }
    }

    /** Changes a byte of a layer, as a disk does. */
    private void damage(TestImage image, Random random) throws IOException {
        List<String> digests = List.copyOf(image.blobs().keySet());
        String digest = digests.get(random.nextInt(digests.size()));
        Path blob = store().resolve("blobs").resolve(digest.replace(':', '/'));
        if (!Files.exists(blob)) {
            return; // a clean-up has it
        }
        byte[] content = Files.readAllBytes(blob);
        content[random.nextInt(content.length)] ^= 1;
        Path copy = Files.write(temporary.resolve("damaged"), content);
        Files.move(copy, blob, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
