// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A public registry that has secrets of the test, and servers that must not receive them. */
final class HostileScene implements AutoCloseable {
    static final String USER = "robot-user";
    static final String PASSWORD = "hunter2-password";
    static final String KEY = "configured-header-secret";
    static final String COOKIE = "configured-cookie-secret";
    static final String TOKEN = "a-token-of-the-test-registry";
    static final String PROXY_PASSWORD = "proxy-password-secret";
    static final List<String> SECRETS = List.of(
            USER,
            PASSWORD,
            base64(USER + ":" + PASSWORD),
            KEY,
            COOKIE,
            TOKEN,
            PROXY_PASSWORD,
            base64("p:" + PROXY_PASSWORD));

    static final TestImage IMAGE = new ImageFactory(40)
            .image("linux/amd64", new Layer(3_000, Compression.GZIP), new Layer(700, Compression.NONE));

    final World world = new World();
    final Fixture fixture;
    final Path temporary;
    /** Has the image, and is told user, password, header and cookie. */
    final TestRegistry home = world.secure("203.0.113.10", "registry.example");
    /** The same without TLS. */
    final TestRegistry plainHome = world.plain("203.0.113.11", "plain.example");

    /** Has a certificate for the names of others as well. */
    final TestRegistry evil = world.add(
            World.secured(
                    "evil.example",
                    "registry.example.evil.example",
                    "evilregistry.example",
                    "registry.example",
                    "plain.example"),
            "198.51.100.66:443",
            "evil.example",
            "registry.example.evil.example",
            "evilregistry.example");

    final TestRegistry evilPlain = world.plain("198.51.100.66", "evil.example");
    /** What listens on this machine. */
    final TestRegistry local = world.add(TestRegistry.start(), "127.0.0.99:9");
    /** What listens in our network. */
    final TestRegistry internal = world.plain("10.1.2.3", "internal.example");

    final Map<String, String> environment = new HashMap<>();
    CredentialSource credentials = host -> host.equals("registry.example") || host.equals("plain.example")
            ? Optional.of(new Credential(USER, PASSWORD))
            : Optional.empty();
    String reference = "registry.example/team/app:1";
    boolean foreignUrls;
    boolean plainHttp;

    HostileScene(Path temporary) {
        this.temporary = temporary;
        fixture = new Fixture(temporary);
        for (TestRegistry registry : List.of(home, plainHome)) {
            registry.serve("team/app", "1", IMAGE).requireBasic(USER, PASSWORD);
        }
        for (TestRegistry hostile : hostiles()) {
            hostile.serve("team/app", "1", IMAGE);
        }
        TestCertificates.write(temporary.resolve("ca.pem"), World.AUTHORITY.caPem());
        configure("registry.example", "https://registry.example");
        configure("plain.example", "http://plain.example");
    }

    List<TestRegistry> hostiles() {
        return List.of(evil, evilPlain, local, internal);
    }

    /** The hosts.toml of a registry, with our headers, and more after them. */
    void configure(String namespace, String server, String... more) {
        TestCertificates.write(
                temporary.resolve("certs.d").resolve(namespace).resolve("hosts.toml"),
                "server = \"" + server + "\"\n"
                        + (server.startsWith("https") ? "ca = \"" + temporary.resolve("ca.pem") + "\"\n" : "")
                        + String.join("\n", more) + "\n[header]\n  X-Api-Key = \"" + KEY
                        + "\"\n  Cookie = \"session=" + COOKIE + "\"\n");
    }

    /** The registry without TLS is pulled from: nothing is refused for its lack of TLS alone. */
    HostileScene plain() {
        reference = "plain.example/team/app:1";
        return this;
    }

    /** What the registry answers for blobs, once it knows who asks. */
    void blobs(Behaviour behaviour) {
        for (TestRegistry registry : List.of(home, plainHome)) {
            registry.when(request -> request.isForBlob() && request.header("authorization") != null, behaviour);
        }
    }

    void redirect(String location) {
        blobs(Behaviour.redirect(location));
    }

    void challenge(String challenge) {
        for (TestRegistry registry : List.of(home, plainHome)) {
            registry.when(
                    request -> !request.path().equals("/token"),
                    Behaviour.status(401).header("WWW-Authenticate", challenge));
        }
    }

    void realm(String realm) {
        challenge("Bearer realm=\"" + realm + "\",service=\"registry.example\"");
    }

    /** A manifest whose only layer is elsewhere. */
    void foreignLayer(String url) {
        foreignUrls = true;
        byte[] config = "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
                .getBytes(StandardCharsets.UTF_8);
        manifest("{\"mediaType\":\"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\",\"digest\":\""
                + TestImage.digest(config) + "\",\"size\":" + config.length + ",\"urls\":[\"" + url + "\"]}");
    }

    void manifest(String layer) {
        byte[] manifest = ("{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.example\",\"digest\":\""
                        + TestImage.digest("{}".getBytes(StandardCharsets.UTF_8))
                        + "\",\"size\":2,\"data\":\"e30=\"},\"layers\":[" + layer + "]}")
                .getBytes(StandardCharsets.UTF_8);
        for (TestRegistry registry : List.of(home, plainHome)) {
            registry.serveManifest("team/app", "1", "application/vnd.oci.image.manifest.v1+json", manifest);
        }
    }

    @Override
    public void close() {
        world.close();
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
