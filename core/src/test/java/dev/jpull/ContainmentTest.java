// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.PullException;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * For random configurations, and hosts that send their visitors and their token requests to random places: every secret
 * has the name of the origin that it was configured for in it, and is seen at no other.
 */
class ContainmentTest {
    private static final int WORLDS = 100;
    private static final int HOSTS = 6;
    private static final Pattern SECRET = Pattern.compile("secret-(header|password|token)-([a-z]+)-(h[0-9])");
    private static final TestImage IMAGE = new ImageFactory(41)
            .image("linux/amd64", new Layer(900, Compression.GZIP), new Layer(300, Compression.NONE));

    @TempDir
    Path temporary;

    /** One way to reach a machine. */
    private record Origin(String scheme, String host) {
        String url() {
            return scheme + "://" + host + ".example";
        }
    }

    /** Who may see which token: the hosts that named its server. */
    private record Realm(Origin asker, Origin server) {}

    @Test
    void everySecretStaysAtItsOrigin() {
        try (World world = new World()) {
            List<Origin> origins = new ArrayList<>();
            List<TestRegistry> machines = new ArrayList<>();
            for (int i = 0; i < HOSTS; i++) {
                String address = "203.0.113." + (10 + i);
                for (String scheme : List.of("http", "https")) {
                    Origin origin = new Origin(scheme, "h" + i);
                    String name = origin.host() + ".example";
                    origins.add(origin);
                    machines.add(scheme.equals("http") ? world.plain(address, name) : world.secure(address, name));
                }
            }
            Set<String> kindsSeen = new TreeSet<>();
            for (int seed = 0; seed < WORLDS; seed++) {
                tryWorld(seed, world, origins, machines, kindsSeen);
            }
            // The worlds were such that there was something to see.
            assertThat(kindsSeen).containsExactly("header", "password", "token");
        }
    }

    private void tryWorld(
            int seed, World world, List<Origin> origins, List<TestRegistry> machines, Set<String> kindsSeen) {
        Random random = new Random(seed);
        Fixture fixture = new Fixture(temporary.resolve("world-" + seed));
        Set<Realm> realms = new HashSet<>();
        for (int i = 0; i < origins.size(); i++) {
            machines.get(i).behave();
            machines.get(i).clearLog();
            machines.get(i).serve("team/app", "1", IMAGE);
            misbehave(machines.get(i), origins.get(i), origins, random, realms);
        }
        Set<Origin> configured = configure(fixture, origins, random);
        CredentialSource credentials = host -> configured.stream()
                .filter(origin -> host.equals(origin.host() + ".example"))
                .findFirst()
                .map(origin -> new Credential("user", "secret-password-" + origin.scheme() + "-" + origin.host()));
        ImagePullerBuilder builder = fixture.retryingAtOnce().network(world).credentials(credentials);
        try (ImagePuller puller = builder.build()) {
            puller.pull(Fixture.NAMESPACE + "/team/app:1");
        } catch (PullException e) {
            assertThat(e.toString()).doesNotContain("secret-");
        }
        for (int i = 0; i < origins.size(); i++) {
            Origin here = origins.get(i);
            for (LoggedRequest request : machines.get(i).requests()) {
                Matcher secret = SECRET.matcher(readable(request));
                while (secret.find()) {
                    kindsSeen.add(secret.group(1));
                    assertThat(mayBeSeen(secret, here, realms, request))
                            .as("world %d: %s at %s in %s", seed, secret.group(), here.url(), request)
                            .isTrue();
                }
            }
        }
    }

    /** Some origins in the hosts.toml of the namespace, one of each host at most, each with a header of its own. */
    private Set<Origin> configure(Fixture fixture, List<Origin> origins, Random random) {
        TestCertificates.write(fixture.directory().resolve("ca.pem"), World.AUTHORITY.caPem());
        List<Origin> chosen = new ArrayList<>();
        for (int host = 0; host < HOSTS; host++) {
            if (host == 0 || random.nextInt(3) > 0) {
                chosen.add(origins.get(2 * host + random.nextInt(2)));
            }
        }
        List<String> parts = new ArrayList<>();
        parts.add("server = \"" + chosen.get(0).url() + "\"\n" + ca(chosen.get(0)));
        for (Origin origin : chosen.subList(1, chosen.size())) {
            parts.add(Fixture.host(origin.url(), "pull", "resolve")
                    + ca(origin)
                    + header(origin, "host.\"" + origin.url() + "\".header"));
        }
        parts.add(header(chosen.get(0), "header"));
        fixture.hosts(parts.toArray(String[]::new));
        return Set.copyOf(chosen);
    }

    /** With an authority a host without TLS would be tried with TLS first, and be two origins. */
    private static String ca(Origin origin) {
        return origin.scheme().equals("https") ? "ca = \"ca.pem\"\n" : "";
    }

    private static String header(Origin origin, String table) {
        return "[" + table + "]\n  X-Key = \"secret-header-" + origin.scheme() + "-" + origin.host() + "\"\n";
    }

    private static void misbehave(
            TestRegistry machine, Origin self, List<Origin> origins, Random random, Set<Realm> realms) {
        machine.when(
                request -> request.path().equals("/token"),
                random.nextInt(4) == 0
                        ? Behaviour.redirect(other(self, origins, random).url() + "/token")
                        : Behaviour.body(
                                "application/json",
                                ("{\"token\":\"secret-token-" + self.scheme() + "-" + self.host() + "\"}")
                                        .getBytes(StandardCharsets.UTF_8)));
        for (Predicate<LoggedRequest> some : List.<Predicate<LoggedRequest>>of(
                LoggedRequest::isForTag,
                LoggedRequest::isForBlob,
                request -> !request.path().startsWith("/v2/team"))) {
            switch (random.nextInt(6)) {
                case 0 ->
                    machine.when(
                            some,
                            Behaviour.redirect(other(self, origins, random).url() + "/else"),
                            3);
                case 1 ->
                    machine.when(
                            some.and(request -> request.header("authorization") != null),
                            Behaviour.redirect(other(self, origins, random).url() + "/v2/team/app/else"));
                case 2 -> machine.when(some, Behaviour.status(404));
                default -> {
                    // does its job
                }
            }
        }
        switch (random.nextInt(3)) {
            case 0 ->
                machine.when(
                        request -> request.header("authorization") == null,
                        Behaviour.status(401).header("WWW-Authenticate", "Basic realm=\"x\""));
            case 1 -> {
                Origin server = other(self, origins, random);
                realms.add(new Realm(self, server));
                machine.when(
                        request -> request.header("authorization") == null,
                        Behaviour.status(401)
                                .header(
                                        "WWW-Authenticate",
                                        "Bearer realm=\"" + server.url() + "/token\",service=\"x\""));
            }
            default -> {
                // lets everybody in
            }
        }
    }

    /** Mostly one of the same scheme: the way from TLS to plain HTTP is closed, and the other one needs a public authority. */
    private static Origin other(Origin self, List<Origin> origins, Random random) {
        Origin other = origins.get(random.nextInt(origins.size()));
        return random.nextInt(12) == 0 ? other : new Origin(self.scheme(), other.host());
    }

    /** The request with what is coded in it decoded. */
    private static String readable(LoggedRequest request) {
        String authorization =
                Optional.ofNullable(request.header("authorization")).orElse("");
        String basic = authorization.startsWith("Basic ")
                ? new String(Base64.getDecoder().decode(authorization.substring(6)), StandardCharsets.UTF_8)
                : "";
        return request.everything() + " " + basic + " " + URLDecoder.decode(request.body(), StandardCharsets.UTF_8);
    }

    private static boolean mayBeSeen(Matcher secret, Origin here, Set<Realm> realms, LoggedRequest request) {
        Origin owner = new Origin(secret.group(2), secret.group(3));
        return switch (secret.group(1)) {
            case "header" -> here.equals(owner);
            // A registry's own token server may have the password, but not without TLS if the registry has it.
            case "password" ->
                here.host().equals(owner.host())
                        && (here.equals(owner)
                                || request.path().equals("/token")
                                        && here.scheme().equals("https"));
            default -> realms.contains(new Realm(here, owner));
        };
    }
}
