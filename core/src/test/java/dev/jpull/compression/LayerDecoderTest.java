// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import static dev.jpull.compression.Streams.ascii;
import static dev.jpull.compression.Streams.decode;
import static dev.jpull.compression.Streams.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Formats told by their bytes, and limits, which hold for all. */
class LayerDecoderTest {
    private static final DecodeLimits SMALL = new DecodeLimits(1000, 10, 100, 20);

    @Test
    void theBytesTellTheFormat() throws IOException {
        byte[] tar = tar("file");

        assertThat(compressionOf(GzipMember.of(tar).bytes())).isEqualTo(Compression.GZIP);
        assertThat(compressionOf(Zstd.compress(tar))).isEqualTo(Compression.ZSTD);
        assertThat(compressionOf(tar)).isEqualTo(Compression.NONE);
    }

    private static Compression compressionOf(byte[] layer) throws IOException {
        try (DecodedStream stream = LayerDecoder.open(new ByteArrayInputStream(layer), DecodeLimits.DEFAULT)) {
            return stream.compression();
        }
    }

    /** A header with a checksum and, as commons-compress writes it, the magic number of ustar. */
    private static byte[] tar(String name) {
        byte[] header = new byte[512];
        new TarArchiveEntry(name).writeEntryHeader(header);
        return join(header, new byte[1024]);
    }

    @Test
    void aTarIsToldByItsMagicOrItsChecksumOrItsZeros() throws IOException {
        byte[] old = tar("file");
        Arrays.fill(old, 257, 265, (byte) 0);
        int sum = 8 * ' ';
        for (int i = 0; i < 512; i++) {
            sum += i >= 148 && i < 156 ? 0 : old[i] & 0xff;
        }
        System.arraycopy(ascii("%06o\0 ".formatted(sum)), 0, old, 148, 8);
        byte[] magic = new byte[512];
        System.arraycopy(ascii("ustar"), 0, magic, 257, 5);

        for (byte[] layer : new byte[][] {tar("BZh91"), old, magic, new byte[1024], new byte[10], new byte[0]}) {
            assertThat(decode(layer)).isEqualTo(layer);
        }
        old[0]++;
        assertThatThrownBy(() -> decode(old)).hasMessageContaining("neither gzip, zstd nor a tar");
    }

    @Test
    void aTarWhoseChecksumAddsSignedBytesIsATar() throws IOException {
        byte[] old = new byte[512];
        Arrays.fill(old, 0, 10, (byte) 0xe9);
        int sum = 8 * ' ' + 10 * (byte) 0xe9;
        System.arraycopy(ascii("%06o\0 ".formatted(sum)), 0, old, 148, 8);

        assertThat(decode(old)).isEqualTo(old);
    }

    @ParameterizedTest
    @CsvSource({
        "425a6839314159, bzip2",
        "fd377a585a0000, xz",
        "04224d186440, lz4",
        "504b030414, zip",
        "7b22657272, JSON",
        "3c68746d6c, HTML",
        "1f, starts with 1f",
        "0102030405060708090a, starts with 01 02 03 04 05 06 07 08 (",
    })
    void otherFormatsAreNamed(String hex, String named) {
        byte[] layer = join(HexFormat.of().parseHex(hex));

        assertThatThrownBy(() -> decode(layer))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining(named)
                .hasMessageContaining("have the image built with gzip, zstd or uncompressed layers");
        assertThatThrownBy(() -> decode(Arrays.copyOf(layer, 2000))).hasMessageContaining(named);
    }

    @Test
    void bytesOfTheLayerAreHarmlessInTheMessage() {
        assertThatThrownBy(() -> decode("\u001b[31mred".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("\\u001b[31m")
                .hasMessageNotContaining("\u001b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd", "none"})
    void theSizeHasALimit(String format) throws IOException {
        byte[] most = compress(format, new byte[1000]);
        byte[] more = compress(format, new byte[1001]);
        DecodeLimits limits = new DecodeLimits(1000, 1000, 1000, 20);

        assertThat(decode(most, limits)).hasSize(1000);
        for (int piece : new int[] {1, 300, 1000, 5000}) {
            assertThatThrownBy(() -> readAll(more, limits, piece, 1000))
                    .isInstanceOf(DecodeException.class)
                    .hasMessageContaining("more than 1000 uncompressed bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void theRatioHasALimitFromASizeOn(String format) throws IOException {
        assertThat(decode(compress(format, new byte[100]), SMALL)).hasSize(100);
        assertThatThrownBy(() -> decode(compress(format, new byte[999]), SMALL))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining("more than 10 times");
    }

    private static void readAll(byte[] layer, DecodeLimits limits, int piece, int most) throws IOException {
        try (InputStream stream = LayerDecoder.open(new ByteArrayInputStream(layer), limits)) {
            byte[] buffer = new byte[piece];
            int total = 0;
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                total += read;
                assertThat(total).isLessThanOrEqualTo(most);
            }
        }
    }

    private static byte[] compress(String format, byte[] content) {
        return switch (format) {
            case "gzip" -> GzipMember.of(content).bytes();
            case "zstd" -> Zstd.compress(content);
            default -> content;
        };
    }

    @Test
    void theSourceIsClosedOnceTheStreamIsAndWhenOpeningFails() throws IOException {
        for (byte[] layer : new byte[][] {tar("file"), ascii("BZh9")}) {
            AtomicInteger closed = new AtomicInteger();
            InputStream source = new ByteArrayInputStream(layer) {
                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
            try (DecodedStream stream = LayerDecoder.open(source, DecodeLimits.DEFAULT)) {
                assertThat(closed.get()).isZero();
                assertThat(stream.read()).isEqualTo('f');
            } catch (DecodeException e) {
                assertThat(e).hasMessageContaining("bzip2");
            }
            assertThat(closed.get()).isEqualTo(1);
        }
    }

    @Test
    void failuresOfTheSourceArePassedOn() {
        IOException broken = new IOException("the disk is gone");
        InputStream source = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                throw broken;
            }
        };

        assertThatThrownBy(() -> LayerDecoder.open(source, DecodeLimits.DEFAULT))
                .isSameAs(broken);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd", "none"})
    void aClosedStreamSaysSo(String format) throws IOException {
        DecodedStream stream =
                LayerDecoder.open(new ByteArrayInputStream(compress(format, tar("file"))), DecodeLimits.DEFAULT);
        stream.close();
        stream.close();

        assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd", "none"})
    void anotherThreadMayCloseAtAnyInstant(String format) throws Exception {
        byte[] content = new byte[4 << 20];
        new Random(3).nextBytes(content);
        content[0] = 0;
        System.arraycopy(tar("file"), 0, content, 0, 512);
        byte[] layer = compress(format, content);
        for (int round = 0; round < 20; round++) {
            InflateEngine engine =
                    Streams.engines().get(round % Streams.engines().size());
            DecodedStream stream = LayerDecoder.open(new ByteArrayInputStream(layer), DecodeLimits.DEFAULT, engine);
            CountDownLatch running = new CountDownLatch(1);
            CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
            Thread reader = new Thread(() -> {
                try {
                    byte[] buffer = new byte[10_000];
                    while (stream.read(buffer) >= 0) {
                        running.countDown();
                    }
                    ended.complete(null);
                } catch (Throwable e) {
                    ended.complete(e);
                }
            });
            reader.start();
            running.await();
            stream.close();

            Throwable failure = ended.get(10, TimeUnit.SECONDS);
            if (failure != null) {
                assertThat(failure).isInstanceOf(IOException.class).hasMessageContaining("closed");
            }
        }
    }

    @Test
    void limitsHaveRanges() {
        for (long[] wrong : new long[][] {{-1, 1, 0, 20}, {0, 0, 0, 20}, {0, 1, -1, 20}, {0, 1, 0, 9}, {0, 1, 0, 32}}) {
            assertThatThrownBy(() -> new DecodeLimits(wrong[0], (int) wrong[1], wrong[2], (int) wrong[3]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
