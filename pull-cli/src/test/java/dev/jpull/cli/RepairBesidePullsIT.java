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

    private record Started(Process process, Path directory) {
        void assertEnds(Integer... exitCodes) throws IOException, InterruptedException {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue())
                    .as(Files.readString(directory.resolve("err.txt")) + Files.readString(directory.resolve("out.txt")))
                    .isIn((Object[]) exitCodes);
        }
    }

    private Path store() {
        return temporary.resolve("store");
    }

    private Started start(String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(args[0].equals("store") ? 2 : 0, List.of("--store", store().toString()));
        Path directory = temporary.resolve("process-" + started++);
        return new Started(new PackagedCommand(directory).start(List.of(), all), directory);
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
            start(pull.toArray(String[]::new)).assertEnds(0);
            Random random = new Random(11);
            for (int round = 0; round < ROUNDS; round++) {
                List<Started> running = new ArrayList<>();
                for (int i = 0; i < PULLS; i++) {
                    running.add(start(pull.toArray(String[]::new)));
                }
                damage(images.get(random.nextInt(IMAGES)), random);
                for (int i = 0; i < 2; i++) {
                    running.add(start("store", "prune", "--unused", "0s"));
                }
                // What another process is fetching at the time may be missing for this one, which is no failure.
                start("store", "verify", "--plain-http", "--repair").assertEnds(0, 7);
                for (Started process : running) {
                    process.assertEnds(0);
                }
                start("store", "verify", "--plain-http", "--repair").assertEnds(0);
                start("store", "verify").assertEnds(0);
            }
            registry.close();
            for (String name : names) {
                start("--offline", "-q", name).assertEnds(0);
            }
        }
    }

    /** Changes a byte of a layer, as a disk does; a damaged configuration ends the pulls that read it. */
    private void damage(TestImage image, Random random) throws IOException {
        List<String> digests = image.blobs().keySet().stream()
                .filter(digest -> image.blob(digest).length > 100_000)
                .toList();
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
