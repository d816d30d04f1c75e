// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import static dev.jpull.compression.Streams.ascii;
import static dev.jpull.compression.Streams.decode;
import static dev.jpull.compression.Streams.inPieces;
import static dev.jpull.compression.Streams.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The framing of gzip; that it inflates right is for the property tests. */
class GzipDecoderTest {
    private static final byte[] CONTENT = ascii("one layer, one layer, one layer");

    @Test
    void everyCombinationOfFlagsIsRead() throws IOException {
        for (int flags = 0; flags < 32; flags++) {
            byte[] layer = member(CONTENT).flags(flags).bytes();

            assertThat(decode(layer)).as("flags %d", flags).isEqualTo(CONTENT);
        }
    }

    private static GzipMember member(byte[] content) {
        return GzipMember.of(content)
                .extra(new byte[] {'S', 'G', 1, 0, 'x'})
                .name(ascii("layer.tar"))
                .comment(ascii("made for a test"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1 << 20})
    void membersAreJoinedHoweverTheBytesArrive(int piece) throws IOException {
        byte[] layer = join(
                member(ascii("a")).flags(31).bytes(),
                member(new byte[0]).bytes(),
                member(ascii("b")).level(0).bytes(),
                member(ascii("c")).level(9).bytes());

        try (DecodedStream stream = LayerDecoder.open(inPieces(layer, piece), DecodeLimits.DEFAULT)) {
            assertThat(stream.readAllBytes()).isEqualTo(ascii("abc"));
            assertThat(stream.compression()).isEqualTo(Compression.GZIP);
            assertThat(stream.compressedBytes()).isEqualTo(layer.length);
            assertThat(stream.uncompressedBytes()).isEqualTo(3);
            assertThat(stream.trailingBytes()).isZero();
        }
    }

    @Test
    void aLayerMayHaveNoContent() throws IOException {
        assertThat(decode(member(new byte[0]).bytes())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 300_000})
    void zerosAfterTheLastMemberArePaddingAndReadToTheEnd(int zeros) throws IOException {
        byte[] layer = join(member(CONTENT).bytes(), new byte[zeros]);
        ByteArrayInputStream source = new ByteArrayInputStream(layer);

        try (DecodedStream stream = LayerDecoder.open(source, DecodeLimits.DEFAULT)) {
            assertThat(stream.readAllBytes()).isEqualTo(CONTENT);
            assertThat(stream.trailingBytes()).isEqualTo(zeros);
            assertThat(stream.compressedBytes()).isEqualTo(layer.length);
            assertThat(source.available()).isZero();
        }
    }

    static Stream<Arguments> damaged() {
        byte[] good = member(CONTENT).bytes();
        byte[] long16 = new byte[GzipHeader.MAX_TEXT + 1];
        Arrays.fill(long16, (byte) 'n');
        byte[] reservedBlock = good.clone();
        reservedBlock[10] = 7; // a final block of type 3
        return Stream.of(
                arguments("method", member(CONTENT).method(7).bytes(), "unknown method 7"),
                arguments("flag 32", member(CONTENT).flags(32).bytes(), "reserved flags, 0x20, at byte 3"),
                arguments("flag 64", member(CONTENT).flags(64).bytes(), "reserved flags, 0x40"),
                arguments("flag 128", member(CONTENT).flags(128).bytes(), "reserved flags, 0x80"),
                arguments(
                        "header CRC", member(CONTENT).flags(2).wrongHeaderCrc().bytes(), "header is damaged"),
                arguments(
                        "header CRC with all",
                        member(CONTENT).flags(31).wrongHeaderCrc().bytes(),
                        "header is damaged"),
                arguments("name", member(CONTENT).flags(8).name(long16).bytes(), "the name in the gzip header"),
                arguments(
                        "comment", member(CONTENT).flags(16).comment(long16).bytes(), "the comment in the gzip header"),
                arguments("CRC", member(CONTENT).wrongCrc().bytes(), "CRC-32"),
                arguments("size", member(CONTENT).wrongSize().bytes(), "it has 31 bytes, and says 32"),
                arguments("second CRC", join(good, member(CONTENT).wrongCrc().bytes()), "gzip member 2, which ends at"),
                arguments("block type", reservedBlock, "deflate stream is damaged"),
                arguments("text after", join(good, ascii("garbage")), "neither a member nor zeros"),
                arguments("half magic after", join(good, new byte[] {0x1f}), "neither a member nor zeros"),
                arguments("other magic after", join(good, new byte[] {0x1f, 0x1f}), "neither a member nor zeros"),
                arguments("text after zeros", join(good, new byte[700], ascii("x")), "neither a member nor zeros"),
                arguments("member after zeros", join(good, new byte[1], good), "neither a member nor zeros"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void damaged(String name, byte[] layer, String message) {
        assertThatThrownBy(() -> decode(layer))
                .as(name)
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining(message)
                .hasMessageMatching("(?s).*(byte|bytes) \\d+.*");
    }

    @Test
    void aStreamThatEndsAnywhereButBetweenMembersIsIncomplete() throws IOException {
        byte[] first = member(ascii("first")).flags(31).bytes();
        byte[] second = member(ascii("second")).flags(31).bytes();
        byte[] layer = join(first, second);
        for (int length = 3; length < layer.length; length++) {
            byte[] cut = Arrays.copyOf(layer, length);
            if (length == first.length) {
                assertThat(decode(cut)).isEqualTo(ascii("first"));
            } else {
                assertThatThrownBy(() -> decode(cut))
                        .as("%d bytes", length)
                        .isInstanceOf(DecodeException.class)
                        .hasMessageContaining(
                                length == first.length + 1
                                        ? "neither a member nor zeros"
                                        : "ends at byte " + length + ", before it is complete");
            }
        }
    }

    @Test
    void aMemberCannotCopyFromTheOneBefore() {
        byte[] before = member(ascii("secret")).bytes();
        // One block with fixed codes: three bytes at distance 1, and the end.
        byte[] after = member(ascii("ttt")).deflated(new byte[] {3, 2, 0}).bytes();

        assertThatThrownBy(() -> decode(after)).hasMessageContaining("deflate stream is damaged");
        assertThatThrownBy(() -> decode(join(before, after))).hasMessageContaining("deflate stream is damaged");
    }

    @Test
    void aFailureStays() throws IOException {
        try (DecodedStream stream = LayerDecoder.open(
                new ByteArrayInputStream(member(CONTENT).wrongCrc().bytes()), DecodeLimits.DEFAULT)) {
            assertThat(stream.readNBytes(CONTENT.length)).isEqualTo(CONTENT);
            assertThatThrownBy(stream::read).isInstanceOf(DecodeException.class);
            assertThatThrownBy(stream::read).isInstanceOf(DecodeException.class);
        }
    }

    @Test
    void membersWithoutContentHaveALimit() throws IOException {
        byte[] empty = GzipMember.of(new byte[0]).bytes();
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        for (int i = 0; i < FrameDecoder.MAX_BARREN; i++) {
            flood.writeBytes(empty);
        }
        byte[] most = flood.toByteArray();

        assertThat(decode(join(most, member(CONTENT).bytes(), empty))).isEqualTo(CONTENT);
        assertThatThrownBy(() -> decode(join(most, empty)))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining("gzip members in sequence have no content; the limit is 4096");
    }
}
