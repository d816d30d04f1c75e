// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
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

    private ContentCoding() {}

    /** A coding that cannot be undone. */
    public static final class UnsupportedException extends IOException {
        private static final long serialVersionUID = 1L;

        UnsupportedException(String coding) {
            super("the content coding \"" + coding + "\" is not supported");
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

    /** The body with its codings undone, the last applied first. */
    public static InputStream decode(InputStream body, List<String> codings) throws IOException {
        InputStream decoded = body;
        for (int i = codings.size() - 1; i >= 0; i--) {
            decoded = switch (codings.get(i)) {
                case "gzip", "x-gzip" -> new GZIPInputStream(decoded, BUFFER);
                case "zstd" -> new ZstdInputStream(decoded);
                case "deflate" -> inflate(decoded);
                default -> throw new UnsupportedException(codings.get(i));
            };
        }
        return decoded;
    }

    /** The coding is a zlib stream by the RFC, but some servers send the raw form: the first two bytes tell. */
    private static InputStream inflate(InputStream coded) throws IOException {
        PushbackInputStream peeked = new PushbackInputStream(coded, 2);
        byte[] head = peeked.readNBytes(2);
        peeked.unread(head);
        boolean zlib = head.length == 2 && (head[0] & 0x0f) == 8 && ((head[0] & 0xff) << 8 | head[1] & 0xff) % 31 == 0;
        return new InflaterInputStream(peeked, new Inflater(!zlib), BUFFER);
    }
}
