// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A token service on loopback as distribution's token specification has it: it signs tokens that a real registry verifies
 * with the certificate of the authority. Knows one user. Safe for use by several threads.
 */
public final class TokenService implements AutoCloseable {
    /** What the registry has to be told as issuer. */
    public static final String ISSUER = "jpull test tokens";
    /** What the registry has to be told as service. */
    public static final String SERVICE = "jpull test registry";

    /** A registry takes a token for so much longer than the token says, because clocks differ. */
    private static final Duration LEEWAY = Duration.ofSeconds(60);

    private static final JsonMapper JSON = new JsonMapper();

    private final TestCertificates.Identity signer;
    private final String user;
    private final String password;
    private final Duration life;
    private final Duration declared;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> granted = new CopyOnWriteArrayList<>();

    /**
     * A running service.
     *
     * @param authority signs the certificate that comes with each token
     * @param life how long the registry takes a token
     * @param declared how long the service says that it does
     */
    public TokenService(TestCertificates authority, String user, String password, Duration life, Duration declared) {
        this.signer = authority.issue("token service", "EC");
        this.user = user;
        this.password = password;
        this.life = life;
        this.declared = declared;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(threads);
        server.createContext("/token", this::answer);
        server.start();
    }

    /** The URL that a challenge names. */
    public String realm() {
        return "http://localhost:" + server.getAddress().getPort() + "/token";
    }

    /** The scopes of the tokens so far, one line for each token. */
    public List<String> granted() {
        return List.copyOf(granted);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String query = exchange.getRequestURI().getRawQuery();
            boolean form = exchange.getRequestMethod().equals("POST");
            List<String> fields = decoded(form ? body : query == null ? "" : query);
            boolean known = form
                    ? fields.contains("username=" + user) && fields.contains("password=" + password)
                    : basic().equals(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] answer = known
                    ? token(scopes(fields))
                    : "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(known ? 200 : 401, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private String basic() {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> decoded(String fields) {
        List<String> decoded = new ArrayList<>();
        for (String field : fields.split("&")) {
            decoded.add(URLDecoder.decode(field, StandardCharsets.UTF_8));
        }
        return decoded;
    }

    private static List<String> scopes(List<String> fields) {
        return fields.stream()
                .filter(field -> field.startsWith("scope="))
                .flatMap(field -> List.of(field.substring("scope=".length()).split(" ")).stream())
                .collect(Collectors.toList());
    }

    private byte[] token(List<String> scopes) throws GeneralSecurityException {
        granted.add(String.join(" ", scopes));
        ObjectNode header = JSON.createObjectNode().put("typ", "JWT").put("alg", "ES256");
        header.putArray("x5c")
                .add(Base64.getEncoder().encodeToString(signer.certificate().getEncoded()));
        Instant now = Instant.now();
        ObjectNode claims = JSON.createObjectNode()
                .put("iss", ISSUER)
                .put("sub", user)
                .put("aud", SERVICE)
                .put("exp", now.plus(life).minus(LEEWAY).getEpochSecond())
                .put("nbf", now.minus(LEEWAY.multipliedBy(2)).getEpochSecond())
                .put("iat", now.getEpochSecond())
                .put("jti", UUID.randomUUID().toString());
        ArrayNode access = claims.putArray("access");
        for (String scope : scopes) {
            String[] parts = scope.split(":");
            ObjectNode entry = access.addObject().put("type", parts[0]).put("name", parts[1]);
            ArrayNode actions = entry.putArray("actions");
            List.of(parts[2].split(",")).forEach(actions::add);
        }
        String signed = base64Url(JSON.writeValueAsBytes(header)) + "." + base64Url(JSON.writeValueAsBytes(claims));
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(signer.key());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        ObjectNode answer = JSON.createObjectNode()
                .put("token", signed + "." + base64Url(signature.sign()))
                .put("expires_in", declared.toSeconds());
        return JSON.writeValueAsBytes(answer);
    }

    private static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
