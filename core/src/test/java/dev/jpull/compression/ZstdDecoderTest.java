// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import static dev.jpull.compression.Streams.ascii;
import static dev.jpull.compression.Streams.decode;
import static dev.jpull.compression.Streams.inPieces;
import static dev.jpull.compression.Streams.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The framing of zstd, and frames written by hand after the names of the golden files of zstd's own tests. */
class ZstdDecoderTest {
    private static final String MAGIC = "28b52ffd";
    /** A frame header with a window of 1 KiB and nothing else. */
    private static final String HEADER = MAGIC + "0000";

    private static final byte[] CONTENT = ascii("one layer, one layer, one layer");

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1 << 20})
    void framesAreJoinedHoweverTheBytesArrive(int piece) throws IOException {
        byte[] layer = join(
                skippable(0x50, new byte[300_000]),
                Zstd.compress(ascii("a")),
                Zstd.compress(new byte[0]),
                skippable(0x5f, new byte[0]),
                checksummed(ascii("b")),
                skippable(0x55, ascii("table of contents")));

        try (DecodedStream stream = LayerDecoder.open(inPieces(layer, piece), DecodeLimits.DEFAULT)) {
            assertThat(stream.readAllBytes()).isEqualTo(ascii("ab"));
            assertThat(stream.compression()).isEqualTo(Compression.ZSTD);
            assertThat(stream.compressedBytes()).isEqualTo(layer.length);
        }
    }

    private static byte[] skippable(int first, byte[] content) {
        int size = content.length;
        return join(
                new byte[] {(byte) first, 0x2a, 0x4d, 0x18},
                new byte[] {(byte) size, (byte) (size >> 8), (byte) (size >> 16), (byte) (size >> 24)},
                content);
    }

    private static byte[] checksummed(byte[] content) {
        try (ZstdCompressCtx context = new ZstdCompressCtx()) {
            return context.setChecksum(true).compress(content);
        }
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    static Stream<Arguments> golden() {
        byte[] block = new byte[128 << 10];
        Arrays.fill(block, (byte) 'z');
        return Stream.of(
                arguments("empty block", hex(HEADER + "010000"), new byte[0]),
                arguments(
                        "empty block, then one with content", hex(HEADER + "000000" + "110000" + "6869"), ascii("hi")),
                arguments("RLE first block", hex(HEADER + "220000" + "61" + "090000" + "62"), ascii("aaaab")),
                arguments("RLE last block", hex(HEADER + "080000" + "62" + "230000" + "61"), ascii("baaaa")),
                arguments("RLE block of no bytes", hex(HEADER + "030000" + "61"), new byte[0]),
                arguments("block of 128 KiB", hex(MAGIC + "0038" + "030010" + "7a"), block),
                arguments("no sequences", hex(HEADER + "250000" + "10" + "6869" + "00"), ascii("hi")),
                arguments("size in one byte", hex(MAGIC + "20" + "02" + "110000" + "6869"), ascii("hi")),
                arguments(
                        "size in eight bytes",
                        hex(MAGIC + "e0" + "0200000000000000" + "110000" + "6869"),
                        ascii("hi")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void golden(String name, byte[] layer, byte[] content) throws IOException {
        assertThat(decode(layer)).as(name).isEqualTo(content);
    }

    static Stream<Arguments> damaged() {
        byte[] good = checksummed(CONTENT);
        byte[] wrongChecksum = good.clone();
        wrongChecksum[wrongChecksum.length - 1] ^= 1;
        return Stream.of(
                arguments("checksum", wrongChecksum, "zstd frame 1 is damaged"),
                arguments("reserved block type", hex(HEADER + "070000"), "is damaged"),
                arguments("reserved bit", hex(MAGIC + "0800" + "010000"), "reserved bit"),
                arguments(
                        "offset 0",
                        hex(HEADER + "4d0000" + "08" + "61" + "01" + "5400" + "0000" + "0000"),
                        "is damaged"),
                arguments("more than the size says", hex(MAGIC + "20" + "01" + "110000" + "6869"), "is damaged"),
                arguments("less than the size says", hex(MAGIC + "20" + "03" + "110000" + "6869"), "is damaged"),
                arguments("block beyond its maximum", hex(MAGIC + "0058" + "0b0010" + "7a"), "is damaged"),
                arguments(
                        "text after",
                        join(good, ascii("garbage")),
                        "1 zstd frames are followed by bytes that are no frame"),
                arguments("zeros after", join(good, new byte[4]), "bytes that are no frame"),
                arguments("gzip after", join(good, GzipMember.of(CONTENT).bytes()), "bytes that are no frame"),
                arguments("dictionary", hex(MAGIC + "0100" + "07" + "010000"), "needs the dictionary 7"),
                arguments("window", hex(MAGIC + "0090" + "010000"), "needs a window of 268435456 bytes"),
                arguments("window by size", hex(MAGIC + "e0" + "ffffffffffffffff" + "010000"), "18446744073709551615"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void damaged(String name, byte[] layer, String message) {
        assertThatThrownBy(() -> decode(layer))
                .as(name)
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining(message)
                .hasMessageMatching("(?s).*byte \\d+.*");
    }

    @Test
    void theWindowMayBeAsLargeAsTheLimit() throws IOException {
        byte[] layer = hex(MAGIC + "0088" + "110000" + "6869");

        assertThat(decode(layer)).isEqualTo(ascii("hi"));
        assertThatThrownBy(() -> decode(layer, new DecodeLimits(1000, 200, 1000, 26)))
                .hasMessageContaining("needs a window of 134217728 bytes, more than the limit of 67108864");
    }

    @Test
    void aStreamThatEndsAnywhereButBetweenFramesIsIncomplete() throws IOException {
        byte[] first = checksummed(CONTENT);
        byte[] skipped = skippable(0x50, new byte[5]);
        byte[] layer = join(first, skipped, checksummed(CONTENT));
        for (int length = 4; length < layer.length; length++) {
            byte[] cut = Arrays.copyOf(layer, length);
            if (length == first.length || length == first.length + skipped.length) {
                assertThat(decode(cut)).isEqualTo(CONTENT);
            } else {
                assertThatThrownBy(() -> decode(cut))
                        .as("%d bytes", length)
                        .isInstanceOf(DecodeException.class)
                        .hasMessageContaining(", before it is complete");
            }
        }
    }

    @Test
    void framesWithoutContentHaveALimit() throws IOException {
        byte[] empty = hex(HEADER + "010000");
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        for (int i = 0; i < FrameDecoder.MAX_BARREN; i++) {
            flood.writeBytes(i % 2 == 0 ? empty : skippable(0x51, new byte[0]));
        }
        byte[] most = flood.toByteArray();

        assertThat(decode(most)).isEmpty();
        assertThatThrownBy(() -> decode(join(most, Zstd.compress(CONTENT))))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining("4096 zstd frames in sequence have no content");
    }
}
