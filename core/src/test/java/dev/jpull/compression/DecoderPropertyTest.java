// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import static dev.jpull.compression.Streams.decode;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random content, cut into members and frames at random, against the programs of the system; and damaged at random. */
class DecoderPropertyTest {
    private static final int ROUNDS = Integer.getInteger("jpull.rounds", 8);
    private static final int MUTATIONS = 60 * ROUNDS;
    private static final DecodeLimits MUTATED = new DecodeLimits(300_000, 200, 1 << 20, 20);

    private final long seed = Long.getLong("jpull.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    private Path directory;

    @Test
    void gzipDecodesTheSame() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] content = content(random.nextInt(400_000));
            byte[] layer = gzip(content);

            assertThat(decode(layer)).as("seed %d, round %d", seed, round).isEqualTo(content);
            assertThat(inSmallReads(layer)).as("seed %d, round %d", seed, round).isEqualTo(content);
            assertThat(byProgram(layer, "gzip", "-dc"))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(content);
        }
    }

    @Test
    void zstdDecodesTheSame() throws Exception {
        boolean installed = Files.isExecutable(Path.of("/usr/bin/zstd"));
        for (int round = 0; round < ROUNDS; round++) {
            byte[] content = content(random.nextInt(400_000));
            byte[] layer = zstd(content);

            assertThat(decode(layer)).as("seed %d, round %d", seed, round).isEqualTo(content);
            assertThat(inSmallReads(layer)).as("seed %d, round %d", seed, round).isEqualTo(content);
            if (installed) {
                assertThat(byProgram(layer, "zstd", "-dcq"))
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(content);
            }
        }
        Assumptions.assumeTrue(installed, "zstd is not installed: its output was not compared");
    }

    /**
     * Any result is right but one that is different by engine, beyond the limit, or no {@link DecodeException}. One engine may
     * refuse what another accepts: ISA-L reads incomplete code tables where their gaps are not used, which zlib refuses.
     */
    @Test
    void damageIsFoundAndDoesNoHarm() throws IOException {
        int failures = 0;
        for (int round = 0; round < MUTATIONS; round++) {
            byte[] content = content(random.nextInt(random.nextInt(20) == 0 ? 300_000 : 3000));
            byte[] layer = mutated(random.nextBoolean() ? gzip(content) : zstd(content));
            byte[] accepted = null;
            for (InflateEngine engine : Streams.engines()) {
                try {
                    byte[] decoded = decode(layer, MUTATED, engine);
                    assertThat(decoded)
                            .as("seed %d, round %d, %s", seed, round, engine)
                            .hasSizeLessThanOrEqualTo(300_000)
                            .isEqualTo(accepted == null ? decoded : accepted);
                    accepted = decoded;
                } catch (DecodeException e) {
                    failures++;
                } catch (RuntimeException e) {
                    throw new AssertionError("seed " + seed + ", round " + round + ", " + engine, e);
                }
            }
        }
        assertThat(failures)
                .as("seed %d", seed)
                .isGreaterThan(MUTATIONS * Streams.engines().size() / 2);
    }

    /** Runs of text from near and far, of one byte and of random bytes, so that blocks of all types appear. */
    private byte[] content(int length) {
        byte[] content = new byte[length];
        for (int at = 0; at < length; ) {
            int run = Math.min(length - at, 1 + random.nextInt(40_000));
            switch (random.nextInt(4)) {
                case 0 -> Arrays.fill(content, at, at + run, (byte) random.nextInt());
                case 1 -> {
                    for (int i = at; i < at + run; i++) {
                        content[i] = (byte) random.nextInt();
                    }
                }
                default -> {
                    int distance = 1 + random.nextInt(40_000);
                    for (int i = at; i < at + run; i++) {
                        int choice = random.nextInt();
                        if (choice >>> 28 == 0) {
                            distance = 1 + (choice & 0x7fff);
                        }
                        content[i] = i >= distance && choice >>> 26 != 5
                                ? content[i - distance]
                                : (byte) (' ' + (choice & 63));
                    }
                }
            }
            at += run;
        }
        return content;
    }

    private byte[] gzip(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        do {
            int end = cut(at, content.length);
            out.writeBytes(GzipMember.of(Arrays.copyOfRange(content, at, end))
                    .level(random.nextInt(10))
                    .flags(random.nextInt(32) & ~2) // some versions of gzip do not know the CRC of the header
                    .extra(new byte[random.nextInt(100)])
                    .name(Streams.ascii("name"))
                    .comment(Streams.ascii("comment"))
                    .bytes());
            at = end;
        } while (at < content.length);
        return out.toByteArray();
    }

    private byte[] zstd(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        do {
            int end = cut(at, content.length);
            byte[] part = Arrays.copyOfRange(content, at, end);
            if (random.nextInt(4) == 0) {
                out.writeBytes(new byte[] {(byte) (0x50 + random.nextInt(16)), 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3});
            }
            try (ZstdCompressCtx context = new ZstdCompressCtx()) {
                out.writeBytes(context.setLevel(random.nextInt(-3, 12))
                        .setChecksum(random.nextBoolean())
                        .setContentSize(random.nextBoolean())
                        .compress(part));
            }
            at = end;
        } while (at < content.length);
        return out.toByteArray();
    }

    /** Where a part ends: at once, after a few bytes, or far away. */
    private int cut(int at, int length) {
        int most = new int[] {1, 20, 5_000, 1 << 20}[random.nextInt(4)];
        return Math.min(length, at + random.nextInt(most + 1) + (length - at > 100_000 ? 20_000 : 0));
    }

    private byte[] mutated(byte[] layer) {
        byte[] mutated = layer.clone();
        switch (random.nextInt(4)) {
            case 0 -> mutated = Arrays.copyOf(mutated, random.nextInt(mutated.length));
            case 1 -> {
                int from = random.nextInt(mutated.length);
                int to = random.nextInt(mutated.length);
                int length = random.nextInt(mutated.length - Math.max(from, to));
                System.arraycopy(layer, from, mutated, to, length);
            }
            default -> {
                for (int i = random.nextInt(8); i >= 0; i--) {
                    mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
        }
        return mutated;
    }

    private byte[] inSmallReads(byte[] layer) throws IOException {
        InflateEngine engine =
                Streams.engines().get(random.nextInt(Streams.engines().size()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InputStream source = Streams.inPieces(layer, 1 + random.nextInt(5000));
        try (DecodedStream stream = LayerDecoder.open(source, DecodeLimits.DEFAULT, engine)) {
            byte[] buffer = new byte[1 + random.nextInt(100_000)];
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                out.write(buffer, 0, read);
            }
        }
        return out.toByteArray();
    }

    private byte[] byProgram(byte[] layer, String... command) throws Exception {
        Path input = directory.resolve("layer");
        Path output = directory.resolve("content");
        Path messages = directory.resolve("messages");
        Files.write(input, layer);
        Process process = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(messages.toFile())
                .start();
        assertThat(process.waitFor())
                .as(() -> "seed " + seed + ": " + messages(messages))
                .isZero();
        return Files.readAllBytes(output);
    }

    private static String messages(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
