// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import static dev.jpull.tar.Archive.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damaged archives end with entries or with a refusal, never with another exception, and read no more than there is. */
class TarMutationTest {
    private static final int ROUNDS = 5_000;
    private static final TarLimits LIMITS = new TarLimits(100, 16 << 10, 100, 1 << 20);

    /** An archive with every kind of header. */
    private static byte[] archive() {
        return new Archive()
                .add(header('g', "g"), Archive.records("comment", "x"))
                .pax("path", "a".repeat(120), "mtime", "1.5", "SCHILY.xattr.user.a", "b", "size", "5")
                .file("x", "hello")
                .longName("long/".repeat(30))
                .longLink("link/".repeat(30))
                .add(header('2', "x").magic(Archive.GNU))
                .add(
                        header('S', "sparse")
                                .magic(Archive.GNU)
                                .octal(483, 12, 1000)
                                .octal(386, 12, 5)
                                .octal(398, 12, 3),
                        "abc")
                .pax("GNU.sparse.size", "6", "GNU.sparse.map", "1,2,5,1", "GNU.sparse.name", "0.1")
                .file("x", "abc")
                .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "6")
                .file("x", "2\n1\n2\n5\n1\n" + "\0".repeat(502) + "abc")
                .add(header('3', "device").octal(329, 8, 1).octal(337, 8, 3))
                .ended();
    }

    @Test
    void damagedArchivesEndInOrder() throws IOException {
        byte[] whole = archive();
        assertThat(Reading.all(whole)).hasSize(6);
        long seed = Long.getLong("jpull.seed", System.nanoTime());
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = damaged(whole, random);
            try {
                Reading.all(new ByteArrayInputStream(damaged), LIMITS);
            } catch (TarException expected) {
                refused++;
                assertThat(expected).message().contains("at byte");
            } catch (IOException | RuntimeException | OutOfMemoryError wrong) {
                throw new AssertionError("seed " + seed + ", round " + round, wrong);
            }
        }
        assertThat(refused).as("seed %d", seed).isBetween(ROUNDS / 20, ROUNDS);
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] damaged = random.nextInt(8) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        for (int changes = random.nextInt(4); changes >= 0 && damaged.length > 0; changes--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(4)) {
                case 0 -> damaged[at] = (byte) random.nextInt(256);
                case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> Arrays.fill(damaged, at, Math.min(damaged.length, at + random.nextInt(20)), (byte) '7');
                default -> {
                    int from = random.nextInt(damaged.length);
                    int length = Math.min(random.nextInt(512), damaged.length - Math.max(at, from));
                    System.arraycopy(whole, from, damaged, at, length);
                }
            }
        }
        for (int block = 0; block + 512 <= damaged.length; block += 512) {
            // Right sums, so that the fields are read; blocks of data do not look like headers.
            if (new String(damaged, block + 257, 5, RawPath.BYTES).equals("ustar")) {
                sum(damaged, block);
            }
        }
        return damaged;
    }

    private static void sum(byte[] archive, int block) {
        Arrays.fill(archive, block + 148, block + 156, (byte) ' ');
        int sum = 0;
        for (int i = block; i < block + 512; i++) {
            sum += archive[i] & 0xff;
        }
        byte[] field = String.format("%06o\0 ", sum).getBytes(RawPath.BYTES);
        System.arraycopy(field, 0, archive, block + 148, 8);
    }
}
