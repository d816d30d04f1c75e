// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * A registry on loopback that serves images, misbehaves where a script says so, and logs every request. Speaks HTTP/1.1
 * with kept connections, plain or by TLS. Safe for use by several threads.
 */
public final class TestRegistry implements AutoCloseable {
    private final ServerSocket server;
    private final boolean tls;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "test-registry");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<LoggedRequest> log = new CopyOnWriteArrayList<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final RegistryContent content = new RegistryContent();
    private volatile @Nullable Access access;

    /** A behaviour for some requests, a number of times. */
    private record Rule(Predicate<LoggedRequest> applies, Behaviour behaviour, AtomicInteger times) {}

    /**
     * The access rule.
     *
     * @param user the user
     * @param password the password
     * @param bearer whether a token has to be fetched first, else Basic
     */
    private record Access(String user, String password, boolean bearer) {
        static final String TOKEN = "a-token-of-the-test-registry";
    }

    private TestRegistry(ServerSocket server, boolean tls) {
        this.server = server;
        this.tls = tls;
        threads.execute(this::accept);
    }

    /** A registry without TLS, on a free port. */
    public static TestRegistry start() {
        try {
            return new TestRegistry(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), false);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A registry with TLS, on a free port. */
    public static TestRegistry startTls(SSLContext context, boolean wantsClientCertificate) {
        try {
            SSLServerSocket socket = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 64, InetAddress.getLoopbackAddress());
            socket.setNeedClientAuth(wantsClientCertificate);
            return new TestRegistry(socket, true);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The host and port, by the name localhost. */
    public String host() {
        return "localhost:" + server.getLocalPort();
    }

    /** The origin, by the name localhost. */
    public String origin() {
        return (tls ? "https://" : "http://") + host();
    }

    /** The port. */
    public int port() {
        return server.getLocalPort();
    }

    /** Serves an image under a tag, and everything in it by digest. */
    public TestRegistry serve(String repository, String tag, TestImage image) {
        content.add(repository, image);
        content.put(repository, tag, image.document(image.rootDigest()));
        return this;
    }

    /** Serves some content under a tag or digest of a repository. */
    public TestRegistry serveManifest(String repository, String reference, String mediaType, byte[] document) {
        content.put(repository, reference, new TestImage.Document(mediaType, document));
        return this;
    }

    /** Serves a blob by digest. */
    public TestRegistry serveBlob(String digest, byte[] blob) {
        content.putBlob(digest, blob);
        return this;
    }

    /**
     * Serves what refers to another image, by digest alone; the API for referrers has it. See {@link #serveFallback} for registries
     * without that API.
     */
    public TestRegistry serveReferrer(String repository, TestImage referrer) {
        content.add(repository, referrer);
        return this;
    }

    /**
     * Puts a referrer into the index under the tag {@code sha256-HEX} of its subject, as clients do at a registry without the API
     * (distribution-spec, "Referrers Tag Schema").
     */
    public TestRegistry serveFallback(String repository, TestImage referrer) {
        content.add(repository, referrer);
        content.addToFallback(repository, referrer);
        return this;
    }

    /** Whether the API for referrers is there; it is not by default. */
    public TestRegistry withReferrersApi(boolean there) {
        content.referrersApi(there);
        return this;
    }

    /** How many entries lists of tags and of referrers have on one page at most; all of them by default. */
    public TestRegistry withPagesOf(int entries) {
        content.pagesOf(entries);
        return this;
    }

    /** Behaves like this for every request that the condition is true of. */
    public TestRegistry when(Predicate<LoggedRequest> applies, Behaviour behaviour) {
        return when(applies, behaviour, Integer.MAX_VALUE);
    }

    /** Behaves like this for the next requests that the condition is true of. */
    public TestRegistry when(Predicate<LoggedRequest> applies, Behaviour behaviour, int times) {
        rules.add(new Rule(applies, behaviour, new AtomicInteger(times)));
        return this;
    }

    /** Forgets all behaviours. */
    public void behave() {
        rules.clear();
    }

    /** Admits only this user, by Basic authentication. */
    public TestRegistry requireBasic(String user, String password) {
        access = new Access(user, password, false);
        return this;
    }

    /** Admits only requests with a token, which this user gets, or every client when the user is empty. */
    public TestRegistry requireToken(String user, String password) {
        access = new Access(user, password, true);
        return this;
    }

    /** The requests so far, in the order of their answers. */
    public List<LoggedRequest> requests() {
        return List.copyOf(log);
    }

    /** Forgets the requests so far. */
    public void clearLog() {
        log.clear();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                connections.add(connection);
                threads.execute(() -> talk(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void talk(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = new BufferedOutputStream(connection.getOutputStream(), 64 << 10);
            boolean goOn = true;
            while (goOn) {
                LoggedRequest request = read(in, out);
                if (request == null) {
                    return;
                }
                goOn = answer(request, out);
                out.flush();
            }
        } catch (IOException | InterruptedException e) {
            // The client went away, or the registry was closed: both are ordinary.
            connections.remove(connection);
        } finally {
            connections.remove(connection);
        }
    }

    private @Nullable LoggedRequest read(InputStream in, OutputStream out) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        String[] parts = first.split(" ");
        if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
            out.write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return null;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.merge(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip(),
                    (a, b) -> a + ", " + b);
        }
        String length = headers.get("content-length");
        byte[] body = in.readNBytes(length == null ? 0 : Integer.parseInt(length));
        return new LoggedRequest(parts[0], parts[1], headers, new String(body, StandardCharsets.ISO_8859_1), 0);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                return line.toString().strip();
            }
            line.append((char) c);
            if (line.length() > 16_384 || line.length() == 1 && c == 0x16) {
                return "not http"; // a TLS handshake, or worse
            }
        }
        return null;
    }

    private boolean answer(LoggedRequest request, OutputStream out) throws IOException, InterruptedException {
        Behaviour behaviour = behaviour(request);
        Reply reply = reply(request, behaviour);
        log.add(new LoggedRequest(
                request.method(),
                request.target(),
                request.headers(),
                request.body(),
                behaviour.dropConnection() ? 0 : reply.status()));
        if (behaviour.delayMillis() > 0) {
            Thread.sleep(behaviour.delayMillis());
        }
        if (behaviour.dropConnection()) {
            return false;
        }
        return reply.send(request.method().equals("HEAD"), behaviour, out);
    }

    private Behaviour behaviour(LoggedRequest request) {
        for (Rule rule : rules) {
            if (rule.applies().test(request) && rule.times().getAndDecrement() > 0) {
                return rule.behaviour();
            }
        }
        return Behaviour.ORDINARY;
    }

    private Reply reply(LoggedRequest request, Behaviour behaviour) {
        Reply ordinary = ordinary(request, behaviour.ignoreRange());
        Map<String, String> headers = new LinkedHashMap<>();
        if (behaviour.status() == 0 || behaviour.status() < 300) {
            headers.putAll(ordinary.headers());
        }
        headers.putAll(behaviour.headers());
        if (behaviour.contentRange() != null) {
            headers.put("Content-Range", behaviour.contentRange());
        }
        String replaced = behaviour.body();
        byte[] body = behaviour.status() >= 300 ? new byte[0] : ordinary.body();
        if (replaced != null) {
            body = replaced.getBytes(StandardCharsets.ISO_8859_1);
        }
        return new Reply(behaviour.status() == 0 ? ordinary.status() : behaviour.status(), headers, body);
    }

    private Reply ordinary(LoggedRequest request, boolean ignoreRange) {
        String path = request.path();
        if (path.equals("/token")) {
            return token(request);
        }
        Access required = access;
        if (required != null && !isLetIn(request, required)) {
            String challenge = required.bearer()
                    ? "Bearer realm=\"" + origin() + "/token\",service=\"test\",scope=\"repository:any:pull\""
                    : "Basic realm=\"test\"";
            return Reply.error(401, "UNAUTHORIZED", "authentication required").with("WWW-Authenticate", challenge);
        }
        return content.reply(request, ignoreRange);
    }

    /** Both forms of asking for a token are understood. */
    private Reply token(LoggedRequest request) {
        Access required = access;
        boolean granted = required != null
                && (required.user().isEmpty()
                        || basic(required).equals(request.header("authorization"))
                        || isForm(request, required));
        return granted
                ? Reply.ok(("{\"token\":\"" + Access.TOKEN + "\",\"expires_in\":300}").getBytes(StandardCharsets.UTF_8))
                        .with("Content-Type", "application/json")
                : Reply.error(401, "UNAUTHORIZED", "wrong user or password");
    }

    private static boolean isForm(LoggedRequest request, Access required) {
        List<String> fields = List.of(request.body().split("&"));
        return request.method().equals("POST")
                && (fields.contains("username=" + required.user()) && fields.contains("password=" + required.password())
                        || fields.contains("refresh_token=" + required.password()));
    }

    private static boolean isLetIn(LoggedRequest request, Access access) {
        String wanted = access.bearer() ? "Bearer " + Access.TOKEN : basic(access);
        return wanted.equals(request.header("authorization"));
    }

    private static String basic(Access access) {
        byte[] pair = (access.user() + ":" + access.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    /** The requests as lines, for messages of failed tests. */
    public List<String> lines() {
        return new ArrayList<>(log.stream().map(LoggedRequest::toString).toList());
    }
}
