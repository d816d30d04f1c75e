// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.github.luben.zstd.ZstdInputStream;
import dev.jpull.text.ForeignText;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Undoes the content codings of a response (RFC 9110 section 8.4). jpull asks for none, because layers are compressed
 * already and offsets count the bytes of the blob; some proxies code all the same.
 */
public final class ContentCoding {
    private static final int BUFFER = 64 << 10;
    private static final int MAX_SHOWN = 40;
    /** 8 MiB, which RFC 9659 sets for this coding; a decoder allocates as much as the answer says. */
    private static final int MAX_WINDOW_LOG = 23;
    /** How many coded bytes in sequence may decode to no content. */
    private static final int MAX_BARREN = 1 << 20;

    private static final long MAX_BARREN_NANOS = Duration.ofSeconds(15).toNanos();

    private ContentCoding() {}

    /** A coding that cannot be undone. */
    public static final class UnsupportedException extends IOException {
        private static final long serialVersionUID = 1L;

        UnsupportedException(String message) {
            super(message);
        }
    }

    /** The codings in the headers, in the order in which they were applied, identity left out. */
    public static List<String> of(List<String> headers) {
        return headers.stream()
                .flatMap(header -> Stream.of(header.split(",")))
                .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                .filter(coding -> !coding.isEmpty() && !coding.equals("identity"))
                .toList();
    }

    /**
     * The body with its coding undone.
     *
     * @param codings those of the answer; more than one are refused, because no proxy codes what is coded
     */
    public static InputStream decode(InputStream body, List<String> codings) throws IOException {
        if (codings.size() > 1) {
            throw new UnsupportedException(
                    "the answer has " + codings.size() + " content codings: at most one is undone");
        }
        String coding = codings.get(0);
        Coded coded = new Coded(body);
        InputStream decoded = coded.read(() -> switch (coding) {
            case "gzip", "x-gzip" -> new GZIPInputStream(coded, BUFFER);
            case "zstd" -> zstd(coded);
            case "deflate" -> inflate(coded);
            default ->
                throw new UnsupportedException(
                        "the content coding \"" + ForeignText.line(coding, MAX_SHOWN) + "\" is not supported");
        });
        return new Decoded(coded, decoded);
    }

    private static InputStream zstd(InputStream coded) throws IOException {
        try {
            return Zstd.decode(coded);
        } catch (LinkageError e) {
            throw new UnsupportedException(
                    "the content coding \"zstd\" needs the optional library com.github.luben:zstd-jni, which is not there or cannot be loaded");
        }
    }

    /** Has the only references to zstd-jni, so that the other codings work without it. */
    private static final class Zstd {
        static InputStream decode(InputStream coded) throws IOException {
            return new ZstdInputStream(coded).setLongMax(MAX_WINDOW_LOG);
        }
    }

    /** The coding is a zlib stream by the RFC, but some servers send the raw form: the first two bytes decide. */
    private static InputStream inflate(InputStream coded) throws IOException {
        PushbackInputStream peeked = new PushbackInputStream(coded, 2);
        byte[] head = peeked.readNBytes(2);
        peeked.unread(head);
        boolean zlib = head.length == 2 && (head[0] & 0x0f) == 8 && ((head[0] & 0xff) << 8 | head[1] & 0xff) % 31 == 0;
        return new InflaterInputStream(peeked, new Inflater(!zlib), BUFFER);
    }

    /** Something that reads from a coded body. */
    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }

    /** A coded body with a limit for coded bytes without content: a coding can have any number of them. */
    private static final class Coded extends FilterInputStream {
        private long barren;
        private long since = System.nanoTime();
        private boolean broken;

        Coded(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read;
            broken = true; // unless the next line returns
            read = in.read(buffer, offset, length);
            broken = false;
            barren += read;
            if (barren > MAX_BARREN || System.nanoTime() - since > MAX_BARREN_NANOS) {
                broken = true;
                throw new UnreadableResponseException("its content coding has no end and brings no content");
            }
            return read;
        }

        /** Reads on; a failure that is not one of the body itself is one of its coding. */
        <T> T read(Reading<T> reading) throws IOException {
            barren = 0;
            since = System.nanoTime();
            try {
                return reading.read();
            } catch (UnsupportedException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                throw broken && e instanceof IOException failure ? failure : new UnreadableResponseException(e);
            }
        }
    }

    /** The content of a coded body. */
    private static final class Decoded extends FilterInputStream {
        private final Coded coded;

        Decoded(Coded coded, InputStream decoded) {
            super(decoded);
            this.coded = coded;
        }

        @Override
        public int read() throws IOException {
            return coded.read(() -> in.read());
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return coded.read(() -> in.read(buffer, offset, length));
        }
    }
}
