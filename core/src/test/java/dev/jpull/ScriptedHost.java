// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.testdata.TestImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A registry on a raw socket: it serves one image, and in one phase of a pull it answers whatever the test wants. */
final class ScriptedHost implements AutoCloseable {
    /** The requests of a pull. */
    enum Phase {
        TAG,
        MANIFEST,
        CONFIG,
        LAYER,
        TAG_OR_LAYER,
        TOKEN,
        ERROR_OF_A_TAG,
        ERROR_OF_A_BLOB
    }

    /** Answers in a way of its own; what it throws ends the connection. */
    @FunctionalInterface
    interface Answer {
        void send(OutputStream out, byte @Nullable [] content, String type) throws IOException;
    }

    private final TestImage image;
    private final Phase phase;
    private final Answer answer;
    private final Set<String> configs;
    private final RawServer server;
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();

    ScriptedHost(TestImage image, Set<String> configs, Phase phase, Answer answer) throws IOException {
        this.image = image;
        this.configs = configs;
        this.phase = phase;
        this.answer = answer;
        this.server = RawServer.start(this::serve);
    }

    String origin() {
        return "http://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort();
    }

    /** How often it has answered in its own way. */
    int answers() {
        return answers.get();
    }

    /** The most bytes that it could send in one answer of its own. */
    long sent() {
        return sent.get();
    }

    private void serve(Socket socket) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        String request = in.readLine();
        boolean authorized = false;
        for (String line = request; line != null && !line.isEmpty(); line = in.readLine()) {
            authorized |= line.regionMatches(true, 0, "authorization:", 0, 14);
        }
        if (request == null) {
            return;
        }
        String path = request.split(" ")[1].replaceFirst("\\?.*", "");
        OutputStream out = socket.getOutputStream();
        if (phase == Phase.TOKEN && !path.equals("/token") && !authorized) {
            head(out, "401 Unauthorized", 0, "WWW-Authenticate: Bearer realm=\"" + origin() + "/token\"");
            return;
        }
        String object = path.substring(path.lastIndexOf('/') + 1);
        byte[] content = content(object);
        String type = image.documents().containsKey(digest(object))
                ? image.document(digest(object)).mediaType()
                : "application/octet-stream";
        if (isMine(path, object)) {
            answers.incrementAndGet();
            Counter counter = new Counter(out);
            try {
                answer.send(counter, content, type);
            } finally {
                sent.accumulateAndGet(counter.count, Math::max);
            }
        } else if (content == null) {
            head(out, "404 Not Found", 0, "X-Nothing: 1");
        } else {
            head(out, "200 OK", content.length, "Content-Type: " + type);
            out.write(content);
        }
    }

    private boolean isMine(String path, String object) {
        boolean manifest = path.contains("/manifests/");
        boolean blob = path.contains("/blobs/");
        return switch (phase) {
            case TAG, ERROR_OF_A_TAG -> manifest && !object.startsWith("sha256:");
            case MANIFEST -> manifest && object.startsWith("sha256:");
            case CONFIG -> blob && configs.contains(object);
            case LAYER -> blob && !configs.contains(object);
            case ERROR_OF_A_BLOB -> blob;
            case TAG_OR_LAYER -> manifest && !object.startsWith("sha256:") || blob && !configs.contains(object);
            case TOKEN -> path.equals("/token");
        };
    }

    private String digest(String object) {
        return object.startsWith("sha256:") ? object : image.rootDigest();
    }

    private byte @Nullable [] content(String object) {
        String digest = digest(object);
        return image.documents().containsKey(digest)
                ? image.document(digest).content()
                : image.blobs().get(digest);
    }

    static void head(OutputStream out, String status, long length, String... headers) throws IOException {
        write(
                out,
                "HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + length + "\r\n"
                        + String.join("\r\n", headers) + "\r\n\r\n");
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** Counts what the system has taken. */
    private static final class Counter extends java.io.FilterOutputStream {
        private long count;

        Counter(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
