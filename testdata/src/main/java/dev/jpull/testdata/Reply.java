// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An answer of the {@link TestRegistry}, and how it goes out. */
record Reply(int status, Map<String, String> headers, byte[] body) {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");
    private static final int PIECE = 16 << 10;

    static Reply ok(byte[] body) {
        return new Reply(200, Map.of(), body);
    }

    static Reply error(int status, String code, String message) {
        String json = "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}]}";
        return new Reply(status, Map.of("Content-Type", "application/json"), json.getBytes(StandardCharsets.UTF_8));
    }

    /** The part of the content that a Range header asks for, or all of it. */
    static Reply range(byte[] content, @Nullable String header) {
        Matcher range = RANGE.matcher(header == null ? "" : header);
        if (!range.matches()) {
            return ok(content).with("Content-Type", "application/octet-stream");
        }
        long start = Long.parseLong(range.group(1));
        long end = range.group(2).isEmpty()
                ? content.length - 1L
                : Math.min(Long.parseLong(range.group(2)), content.length - 1L);
        if (start >= content.length) {
            return error(416, "RANGE_INVALID", "range not satisfiable")
                    .with("Content-Range", "bytes */" + content.length);
        }
        return new Reply(206, Map.of(), Arrays.copyOfRange(content, (int) start, (int) end + 1))
                .with("Content-Type", "application/octet-stream")
                .with("Content-Range", "bytes " + start + "-" + end + "/" + content.length);
    }

    Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, body);
    }

    /** Sends the answer; returns whether the connection can be used for another one. */
    boolean send(boolean headOnly, Behaviour behaviour, OutputStream out) throws IOException, InterruptedException {
        byte[] content = altered(behaviour);
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (behaviour.chunked()) {
            head.append("Transfer-Encoding: chunked\r\n");
        } else if (!headers.containsKey("Content-Length")) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (headOnly) {
            return true;
        }
        for (int at = 0; at < content.length; at += PIECE) {
            int length = Math.min(PIECE, content.length - at);
            long limit = behaviour.cutAfter() >= 0 ? behaviour.cutAfter() : behaviour.stallAfter();
            if (limit >= 0 && at + length >= limit && limit < content.length) {
                piece(content, at, (int) limit - at, behaviour.chunked(), out);
                out.flush();
                if (behaviour.stallAfter() >= 0) {
                    Thread.sleep(Long.MAX_VALUE);
                }
                return false;
            }
            piece(content, at, length, behaviour.chunked(), out);
            if (behaviour.bytesPerSecond() > 0) {
                out.flush();
                TimeUnit.NANOSECONDS.sleep(1_000_000_000L * length / behaviour.bytesPerSecond());
            }
        }
        if (behaviour.chunked()) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        return true;
    }

    private static void piece(byte[] content, int at, int length, boolean chunked, OutputStream out)
            throws IOException {
        if (length <= 0) {
            return;
        }
        if (chunked) {
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        out.write(content, at, length);
        if (chunked) {
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private byte[] altered(Behaviour behaviour) {
        if (behaviour.surplus() == 0 && behaviour.corruptAt() < 0) {
            return body;
        }
        byte[] content = Arrays.copyOf(body, Math.max(0, body.length + behaviour.surplus()));
        if (behaviour.corruptAt() >= 0 && behaviour.corruptAt() < content.length) {
            content[(int) behaviour.corruptAt()] ^= 0x55;
        }
        return content;
    }
}
