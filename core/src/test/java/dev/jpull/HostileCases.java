// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What hostile registries, mirrors, token servers, networks and manifests try. */
final class HostileCases {
    private HostileCases() {}

    /** What a hostile server may get. */
    enum Gets {
        /** No request at all. */
        NOTHING,
        /** A request without anything secret, at least one. */
        BARE_REQUESTS
    }

    record Case(String name, Gets gets, Consumer<HostileScene> arrange) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case nothing(String name, Consumer<HostileScene> arrange) {
        return new Case(name, Gets.NOTHING, arrange);
    }

    private static Case bare(String name, Consumer<HostileScene> arrange) {
        return new Case(name, Gets.BARE_REQUESTS, arrange);
    }

    /** All of them. */
    static Stream<Case> all() {
        List<Case> cases = new ArrayList<>();
        cases.addAll(realms());
        cases.addAll(redirects());
        cases.addAll(addresses());
        cases.addAll(mirrors());
        cases.addAll(foreignUrls());
        cases.addAll(identities());
        return cases.stream();
    }

    private static List<Case> realms() {
        return List.of(
                bare("a realm on another host", scene -> scene.realm("https://evil.example/token")),
                bare(
                        "a realm on a host whose name begins like ours",
                        scene -> scene.realm("https://registry.example.evil.example/token")),
                bare(
                        "a realm on a host whose name ends like ours",
                        scene -> scene.realm("https://evilregistry.example/token")),
                bare(
                        "a realm without TLS, of a registry without TLS",
                        scene -> scene.plain().realm("http://evil.example/token")),
                nothing("a realm without TLS", scene -> scene.realm("http://evil.example/token")),
                nothing(
                        "a realm with our name as its user",
                        scene -> scene.realm("https://registry.example@evil.example/token")),
                nothing(
                        "a realm with our name as its user and password",
                        scene -> scene.realm("https://registry.example:443@evil.example/token")),
                nothing("a realm with a fragment", scene -> scene.realm("https://evil.example/token#x")),
                nothing(
                        "a realm with a backslash",
                        scene -> scene.realm("https://registry.example\\\\@evil.example/token")),
                nothing("a realm without a scheme", scene -> scene.realm("//evil.example/token")),
                nothing("a realm of another scheme", scene -> scene.realm("ftp://evil.example/token")),
                nothing(
                        "a realm on this machine",
                        scene -> scene.plain().realm("http://127.0.0.1:" + scene.local.port() + "/token")),
                nothing(
                        "a realm on this machine by name",
                        scene -> scene.plain().realm("http://localhost:" + scene.local.port() + "/token")),
                nothing("a realm where clouds keep their secrets", scene -> {
                    scene.world.add(scene.local, "169.254.169.254:80");
                    scene.plain().realm("http://169.254.169.254/token");
                }),
                nothing("a realm whose name is this machine", scene -> {
                    scene.world.name("rebind.example", "127.0.0.1");
                    scene.plain().realm("http://rebind.example:" + scene.local.port() + "/token");
                }),
                nothing("a realm that sends its clients to another host", scene -> {
                    scene.home.requireToken(HostileScene.USER, HostileScene.PASSWORD);
                    scene.home.when(
                            request -> request.path().equals("/token"),
                            Behaviour.redirect("https://evil.example/token"));
                }),
                nothing("a realm that sends its clients to another host by GET", scene -> {
                    scene.home.requireToken(HostileScene.USER, HostileScene.PASSWORD);
                    scene.home.when(request -> request.method().equals("POST"), Behaviour.status(404));
                    scene.home.when(
                            request -> request.path().equals("/token"),
                            Behaviour.status(302).header("Location", "https://evil.example/token"));
                }),
                nothing("a token that is a header", scene -> {
                    scene.home.requireToken(HostileScene.USER, HostileScene.PASSWORD);
                    scene.home.when(
                            request -> request.path().equals("/token"),
                            Behaviour.body(
                                    "application/json",
                                    "{\"token\":\"x\\r\\nX-Injected: 1\"}".getBytes(StandardCharsets.UTF_8)));
                }),
                bare(
                        "two challenges, the first for another host",
                        scene -> scene.challenge("Bearer realm=\"https://evil.example/token\", Basic realm=\"x\"")));
    }

    private static List<Case> redirects() {
        List<Case> cases = new ArrayList<>();
        for (int status : List.of(301, 302, 303, 307, 308)) {
            cases.add(bare(
                    "a redirect to another host with " + status,
                    scene -> scene.blobs(Behaviour.status(status).header("Location", "https://evil.example/x"))));
        }
        cases.add(bare(
                "a redirect of the manifest",
                scene -> scene.home.when(
                        request -> request.isForTag() && request.header("authorization") != null,
                        Behaviour.redirect("https://evil.example/v2/team/app/manifests/1"))));
        cases.add(bare("a redirect without a scheme", scene -> scene.redirect("//evil.example/x")));
        cases.add(bare("a redirect to another port", scene -> {
            scene.world.add(scene.evil, "203.0.113.10:8443");
            scene.redirect("https://registry.example:8443/x");
        }));
        cases.add(nothing("a redirect from TLS to plain HTTP", scene -> scene.redirect("http://evil.example/x")));
        cases.add(nothing("a redirect from TLS to plain HTTP on the same host", scene -> {
            scene.world.add(scene.evilPlain, "203.0.113.10:80");
            scene.redirect("http://registry.example/x");
        }));
        cases.add(nothing(
                "a redirect with our name as its user",
                scene -> scene.redirect("https://registry.example@evil.example/x")));
        cases.add(nothing("a redirect with a user of its own", scene -> scene.redirect("https://a:b@evil.example/x")));
        cases.add(bare(
                "a redirect to a name that begins like ours",
                scene -> scene.redirect("https://registry.example.evil.example/x")));
        cases.add(bare(
                "a redirect to a name that ends like ours", scene -> scene.redirect("https://evilregistry.example/x")));
        cases.add(bare("a redirect to our name with a dot at its end", scene -> {
            scene.world.name("registry.example.", "198.51.100.66");
            scene.redirect("https://registry.example./x");
        }));
        for (String location : List.of(
                "file:///etc/passwd",
                "ftp://evil.example/x",
                "gopher://evil.example:80/x",
                "data:text/plain,x",
                "javascript:x")) {
            cases.add(nothing("a redirect to " + location, scene -> scene.redirect(location)));
        }
        cases.add(bare("a redirect away and home again, to what needs a password", scene -> {
            scene.redirect("https://evil.example/back");
            scene.evil.when(
                    request -> request.path().equals("/back"), Behaviour.redirect("https://registry.example/confused"));
            scene.home.when(
                    request -> request.path().equals("/confused") && request.header("authorization") != null,
                    Behaviour.redirect("https://evil.example/" + "leaked?" + HostileScene.PASSWORD));
        }));
        cases.add(bare("a redirect to a server that asks for a password", scene -> {
            scene.redirect("https://evil.example/x");
            scene.evil.requireBasic("x", "y");
        }));
        cases.add(bare("a redirect to a server that asks for a token", scene -> {
            scene.redirect("https://evil.example/x");
            scene.evil.when(
                    request -> request.path().equals("/x"),
                    Behaviour.status(401)
                            .header(
                                    "WWW-Authenticate",
                                    "Bearer realm=\"https://registry.example/token\",service=\"x\""));
        }));
        cases.add(bare("a redirect to a server that asks for the password of a proxy", scene -> {
            scene.redirect("https://evil.example/x");
            scene.evil.when(
                    request -> request.path().equals("/x"),
                    Behaviour.status(407).header("Proxy-Authenticate", "Basic realm=\"x\""));
        }));
        cases.add(nothing(
                "a redirect to a host that is named by a secret",
                scene -> scene.redirect("https://" + HostileScene.KEY + ".example/" + HostileScene.PASSWORD)));
        cases.add(nothing(
                "a realm at a host that is named by a secret",
                scene -> scene.realm("https://" + HostileScene.COOKIE + ".example/" + HostileScene.KEY)));
        cases.add(bare("a cookie of the registry", scene -> {
            scene.home.when(
                    request -> request.isForTag() && request.header("authorization") != null,
                    Behaviour.ORDINARY.header("Set-Cookie", "c=" + HostileScene.COOKIE + "; Domain=example; Path=/"));
            scene.redirect("https://evil.example/x");
        }));
        cases.add(bare(
                "a redirect with line ends in it",
                scene -> scene.redirect("https://evil.example/x%0d%0aX-Injected:%201?a=%0d%0aX-Injected:1")));
        return cases;
    }

    private static List<Case> addresses() {
        List<Case> cases = new ArrayList<>();
        for (String host : List.of(
                "127.0.0.1",
                "localhost",
                "LOCALHOST",
                "sub.localhost",
                "127.1",
                "2130706433",
                "0177.0.0.1",
                "0x7f.0.0.1",
                "127.0.0.1.",
                "0.0.0.0",
                "0",
                "[::1]",
                "[::]",
                "[0:0:0:0:0:0:0:1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[::127.0.0.1]",
                "[64:ff9b::7f00:1]",
                "[2002:7f00:1::]",
                "%31%32%37.0.0.1",
                "①②⑦.0.0.1",
                "127。0。0。1")) {
            cases.add(nothing(
                    "a redirect to this machine as " + host,
                    scene -> scene.plain().redirect("http://" + host + ":" + scene.local.port() + "/x")));
        }
        cases.add(nothing("a redirect into our network, by a registry that nobody wrote down", scene -> {
            scene.world.add(scene.plainHome, "203.0.113.13:80", "unwritten.example");
            scene.plainHome.requireToken("", "");
            scene.plainHttp = true;
            scene.redirect("http://internal.example/x");
            scene.reference = "unwritten.example/team/app:1";
        }));
        cases.add(bare(
                "a redirect into our network, by a registry that we wrote down",
                scene -> scene.plain().redirect("http://internal.example/x")));
        cases.add(nothing("a redirect to where clouds keep their secrets", scene -> {
            scene.world.add(scene.local, "169.254.169.254:80");
            scene.plain().redirect("http://169.254.169.254/latest/meta-data/");
        }));
        cases.add(nothing("a redirect to a name of this machine", scene -> {
            scene.world.name("rebind.example", "127.0.0.1");
            scene.plain().redirect("http://rebind.example:" + scene.local.port() + "/x");
        }));
        cases.add(nothing("a redirect to a name with an address of the world and one of this machine", scene -> {
            scene.world.name("rebind.example", "198.51.100.7", "127.0.0.1");
            scene.plain().redirect("http://rebind.example:" + scene.local.port() + "/x");
        }));
        cases.add(nothing("a name whose address changes to this machine", scene -> {
            scene.world.name("rebind.example", "198.51.100.7");
            scene.world.thenName("rebind.example", "127.0.0.1");
            scene.plain().redirect("http://rebind.example:" + scene.local.port() + "/x");
        }));
        cases.add(nothing("a registry whose own address changes to this machine, and its redirect", scene -> {
            scene.world.thenName("plain.example", "127.0.0.99");
            scene.world.add(scene.plainHome, "127.0.0.99:80");
            scene.plain().redirect("http://127.0.0.1:" + scene.local.port() + "/x");
        }));
        return cases;
    }

    private static List<Case> mirrors() {
        Consumer<HostileScene> asMirror = scene -> {
            String ca = scene.temporary.resolve("ca.pem").toString();
            TestCertificates.write(
                    scene.temporary.resolve("certs.d/registry.example/hosts.toml"),
                    "server = \"https://registry.example\"\nca = \"" + ca
                            + "\"\n[host.\"https://evil.example\"]\n  capabilities = [\"pull\", \"resolve\"]\n  ca = \""
                            + ca + "\"\n" + "[header]\n  X-Api-Key = \"" + HostileScene.KEY
                            + "\"\n  Cookie = \"session=" + HostileScene.COOKIE
                            + "\"\n");
        };
        return List.of(
                bare("a mirror that asks for a password", asMirror.andThen(scene -> scene.evil.requireBasic("x", "y"))),
                bare(
                        "a mirror that asks for a token of its own",
                        asMirror.andThen(scene -> scene.evil.requireToken("x", "y"))),
                bare("a mirror that asks for a token of the registry", asMirror.andThen(scene -> {
                    scene.home.requireToken(HostileScene.USER, HostileScene.PASSWORD);
                    scene.evil.when(
                            request -> true,
                            Behaviour.status(401)
                                    .header(
                                            "WWW-Authenticate",
                                            "Bearer realm=\"https://registry.example/token\",service=\"registry.example\""));
                })),
                bare(
                        "a mirror that sends us to the registry and is told nothing",
                        asMirror.andThen(scene -> scene.evil.when(
                                LoggedRequest::isForTag,
                                Behaviour.redirect("https://registry.example/v2/team/app/manifests/1")))),
                bare(
                        "a mirror that is fine, before a registry that wants a password",
                        asMirror.andThen(scene -> scene.evil.when(LoggedRequest::isForBlob, Behaviour.status(404)))),
                bare("a mirror whose name begins like a name in docker's configuration", asMirror.andThen(scene -> {
                    scene.credentials = CredentialSource.ofDockerConfig(TestCertificates.write(
                            scene.temporary.resolve("config.json"),
                            "{\"auths\":{\"https://evil.example.registry.example\":{\"auth\":\""
                                    + HostileScene.base64(HostileScene.USER + ":" + HostileScene.PASSWORD)
                                    + "\"},\"registry.example/evil.example\":{\"auth\":\""
                                    + HostileScene.base64(HostileScene.USER + ":" + HostileScene.PASSWORD)
                                    + "\"}}}"));
                    scene.evil.requireBasic("x", "y");
                })));
    }

    private static List<Case> foreignUrls() {
        return List.of(
                nothing("a foreign layer, nothing being allowed", scene -> {
                    scene.foreignLayer("https://evil.example/layer");
                    scene.foreignUrls = false;
                }),
                bare("a foreign layer", scene -> scene.foreignLayer("https://evil.example/layer")),
                nothing("a foreign layer without TLS", scene -> scene.foreignLayer("http://evil.example/layer")),
                nothing(
                        "a foreign layer on this machine",
                        scene -> scene.plain().foreignLayer("http://127.0.0.1:" + scene.local.port() + "/layer")),
                nothing("a foreign layer with a user", scene -> scene.foreignLayer("https://a:b@evil.example/layer")),
                nothing("a foreign layer in a file", scene -> scene.foreignLayer("file:///etc/passwd")),
                bare("a foreign layer at the registry, which leads elsewhere when it knows us", scene -> {
                    scene.foreignLayer("https://registry.example/confused");
                    scene.home.when(
                            request -> request.path().equals("/confused"),
                            Behaviour.redirect("https://evil.example/layer"));
                }),
                nothing(
                        "a media type that is a header",
                        scene -> scene.manifest("{\"mediaType\":\"a/b\\r\\nX-Injected: 1\",\"digest\":\"sha256:"
                                + "0".repeat(64) + "\",\"size\":9}")));
    }

    private static List<Case> identities() {
        return List.of(
                nothing("skip_verify is for its host, not for where that leads", scene -> {
                    TestCertificates others = new TestCertificates();
                    scene.configure("registry.example", "https://registry.example", "skip_verify = true");
                    scene.world.add(scene.local, "198.51.100.9:80");
                    TestRegistry forged = TestRegistry.startTls(
                            others.serverContext(
                                    others.issue("forged.example", "EC", Duration.ofDays(1), "forged.example")),
                            false);
                    scene.world.add(forged, "198.51.100.77:443", "forged.example");
                    scene.redirect("https://forged.example/x");
                    forged.when(request -> true, Behaviour.redirect("https://evil.example/reached"));
                }),
                nothing("a client certificate is for its host, not for where that leads", scene -> {
                    TestCertificates.Identity client = World.AUTHORITY.issue("client", "EC");
                    Path pem = TestCertificates.write(
                            scene.temporary.resolve("client.pem"), client.certificatePem() + client.pkcs8Pem());
                    scene.configure("registry.example", "https://registry.example", "client = \"" + pem + "\"");
                    TestRegistry greedy = TestRegistry.startTls(
                            World.AUTHORITY.serverContext(World.AUTHORITY.issue(
                                    "greedy.example", "EC", Duration.ofDays(1), "greedy.example")),
                            true);
                    scene.world.add(greedy, "198.51.100.78:443", "greedy.example");
                    greedy.when(request -> true, Behaviour.redirect("https://evil.example/reached"));
                    scene.redirect("https://greedy.example/x");
                }),
                bare("the password of a proxy, at a host that is reached without it", scene -> {
                    scene.environment.put(
                            "HTTP_PROXY", "http://p:" + HostileScene.PROXY_PASSWORD + "@proxy.example:80");
                    scene.environment.put("NO_PROXY", "evil.example");
                    scene.world.add(scene.plainHome, "203.0.113.12:80", "proxy.example");
                    scene.plain().redirect("http://evil.example/x");
                    scene.evilPlain.when(
                            request -> true, Behaviour.status(407).header("Proxy-Authenticate", "Basic realm=\"x\""));
                }),
                nothing("a credential helper that is a path", scene -> {
                    Path program = scene.temporary.resolve("docker-credential-x");
                    TestCertificates.write(
                            program, "#!/bin/sh\ntouch " + scene.temporary.resolve("helper-was-run") + "\n");
                    assertThat(program.toFile().setExecutable(true)).isTrue();
                    scene.credentials = CredentialSource.ofDockerConfig(TestCertificates.write(
                            scene.temporary.resolve("config.json"), "{\"credsStore\":\"/../../" + program + "\"}"));
                }),
                nothing(
                        "a credential helper that is a command",
                        scene -> scene.credentials = CredentialSource.ofDockerConfig(TestCertificates.write(
                                scene.temporary.resolve("config.json"),
                                "{\"credHelpers\":{\"registry.example\":\"x; touch "
                                        + scene.temporary.resolve("helper-was-run") + "\"}}"))),
                nothing(
                        "an error that repaints the terminal",
                        scene -> scene.home.when(
                                request -> true,
                                Behaviour.status(500)
                                        .withBody(
                                                ("{\"errors\":[{\"code\":\"\\u001b]0;x\\u0007\",\"message\":\"\\u001b[2J\\u202egone\\r\\n"
                                                                + "error: all is well\"}]}")
                                                        .getBytes(StandardCharsets.UTF_8)))),
                nothing(
                        "a reference with another host in it",
                        scene -> scene.reference = "registry.example/team/app?ns=evil.example:1"),
                nothing(
                        "a reference with a user in it",
                        scene -> scene.reference = "registry.example@evil.example/team/app:1"),
                nothing(
                        "a reference with line ends",
                        scene -> scene.reference = "registry.example/team/app:1\r\nX-Injected: 1"),
                nothing("a reference with a way out", scene -> scene.reference = "registry.example/team/../../token:1"),
                nothing(
                        "a reference with a coded way out",
                        scene -> scene.reference = "registry.example/team/%2e%2e/app:1"),
                nothing(
                        "a namespace with a parameter",
                        scene -> scene.reference = "registry.example&ns=evil.example/team/app:1"),
                nothing(
                        "a header with line ends in hosts.toml",
                        scene -> scene.configure(
                                "registry.example",
                                "https://registry.example",
                                "[host.\"https://evil.example\".header]",
                                "A = \"b\\r\\nX-Injected: 1\"")));
    }
}
