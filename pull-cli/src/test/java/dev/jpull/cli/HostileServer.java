// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.testdata.TestImage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A registry that does its job but for one phase of a pull, where it writes raw bytes instead of an answer. It wants to be told
 * credentials before it does anything, so that it has something to repeat.
 */
final class HostileServer implements AutoCloseable {
    static final String TOKEN = "token-that-the-hostile-server-gave";

    private final ServerSocket server;
    private final TestImage image;
    private final Phase phase;
    private final Attack attack;
    private final Set<Phase> attacked = ConcurrentHashMap.newKeySet();

    /** What is asked for when the attack comes. */
    enum Phase {
        TAG,
        MANIFEST,
        CONFIG,
        LAYER,
        TOKEN,
        REDIRECT_TARGET
    }

    /** A request; names of headers are in lower case. */
    record Request(String method, String target, Map<String, String> headers, String origin) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** What was sent as user and password, or as a token; empty when there was nothing. */
        String credentials() {
            String value = header("authorization");
            String encoded = value.substring(value.indexOf(' ') + 1);
            return value.startsWith("Basic ")
                    ? new String(Base64.getDecoder().decode(encoded), StandardCharsets.ISO_8859_1)
                    : encoded;
        }
    }

    /** Writes the bytes of an answer. */
    @FunctionalInterface
    interface Attack {
        void answer(Request request, OutputStream out) throws IOException;
    }

    private HostileServer(ServerSocket server, TestImage image, Phase phase, Attack attack) {
        this.server = server;
        this.image = image;
        this.phase = phase;
        this.attack = attack;
    }

    static HostileServer start(TestImage image, Phase phase, Attack attack) throws IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        HostileServer hostile = new HostileServer(socket, image, phase, attack);
        Thread thread = new Thread(hostile::accept, "hostile-server");
        thread.setDaemon(true);
        thread.start();
        return hostile;
    }

    String host() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Whether a request came to the phase of the attack. */
    boolean hasAttacked() {
        return attacked.contains(phase);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> serve(socket), "hostile-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String[] first = String.valueOf(in.readLine()).split(" ");
            Map<String, String> headers = new LinkedHashMap<>();
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            if (first.length < 2) {
                return;
            }
            char[] body = new char[Integer.parseInt(headers.getOrDefault("content-length", "0"))];
            if (in.read(body) < body.length) {
                return;
            }
            Request request = new Request(first[0], first[1], headers, "http://" + host());
            ByteArrayOutputStream ordinary = new ByteArrayOutputStream();
            if (isOrdinary(request, ordinary)) {
                socket.getOutputStream().write(ordinary.toByteArray());
            } else {
                attacked.add(phase);
                attack.answer(request, socket.getOutputStream());
            }
            socket.getOutputStream().flush();
        } catch (IOException e) {
            return; // the other side has gone
        }
    }

    private boolean isOrdinary(Request request, OutputStream out) throws IOException {
        String path = request.target().replaceFirst("\\?.*", "");
        if (path.equals("/token")) {
            write(
                    out,
                    "200 OK",
                    "Content-Type: application/json\r\n",
                    ("{\"token\":\"" + TOKEN + "\"}").getBytes(StandardCharsets.UTF_8));
            return phase != Phase.TOKEN;
        }
        boolean redirected = path.startsWith("/storage/");
        if (!redirected && !request.headers().containsKey("authorization")) {
            String challenge = phase == Phase.TOKEN
                    ? "Bearer realm=\"http://" + host() + "/token\",service=\"x\""
                    : "Basic realm=\"x\"";
            write(out, "401 Unauthorized", "WWW-Authenticate: " + challenge + "\r\n", new byte[0]);
            return true;
        }
        String digest = path.substring(path.lastIndexOf('/') + 1);
        Phase asked = phaseOf(digest, redirected);
        if (asked == phase) {
            return false;
        }
        if (phase == Phase.REDIRECT_TARGET && asked == Phase.LAYER) {
            write(out, "307 Temporary Redirect", "Location: /storage/" + digest + "\r\n", new byte[0]);
        } else if (asked == Phase.TAG || asked == Phase.MANIFEST) {
            TestImage.Document document = image.document(asked == Phase.TAG ? image.rootDigest() : digest);
            write(out, "200 OK", "Content-Type: " + document.mediaType() + "\r\n", document.content());
        } else {
            write(out, "200 OK", "Content-Type: application/octet-stream\r\n", image.blob(digest));
        }
        return true;
    }

    private Phase phaseOf(String digest, boolean redirected) {
        if (redirected) {
            return Phase.REDIRECT_TARGET;
        }
        if (!digest.startsWith("sha256:")) {
            return Phase.TAG;
        }
        if (image.documents().containsKey(digest)) {
            return Phase.MANIFEST;
        }
        return digest.equals(image.largestBlob()) ? Phase.LAYER : Phase.CONFIG;
    }

    static void write(OutputStream out, String status, String headers, byte[] body) throws IOException {
        out.write(("HTTP/1.1 " + status + "\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n" + headers
                        + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
