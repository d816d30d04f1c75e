// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.error.Attempt;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.finding.Finding;
import dev.jpull.http.HttpOptions;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A check finds an error exactly where a pull fails because of the configuration: for generated hosts, ports, paths, headers,
 * times, proxies and rewrites. Every name is known and every address leads to one registry, so that nothing else can fail.
 */
@Timeout(300)
class CheckAndPullAgreeTest {
    private static final String REPOSITORY = "team/app";
    private static final TestImage CONTENT =
            new ImageFactory(21).image("linux/amd64", new Layer(1_000, Compression.GZIP));
    private static final String CRI = "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n";
    private static final String DAEMON = "{\"registry-mirrors\": ";
    private static final String YAML = "mirrors: ";
    private static final String CONF = "[[registry]]\n";

    /** Each begins the file of a runtime, and has its name. */
    private static final Map<String, String> FILES =
            Map.of(CRI, "config.toml", DAEMON, "daemon.json", YAML, "registries.yaml", CONF, "registries.conf");

    private static final String TOML_QUOTES = "[\\p{Cntrl}\"\\\\]";

    @TempDir
    Path temporary;

    @Test
    void hostsAndPortsAndPaths() throws IOException {
        List<String> texts = new ArrayList<>(List.of(
                "http://a..b",
                "http://.a",
                "http://a.",
                "http://a.b.",
                "http://.",
                "http://-a.example",
                "http://_a.example",
                "http://a_b.example",
                "http://a.-b",
                "http://" + "a".repeat(63) + ".example",
                "http://" + "a".repeat(64) + ".example",
                "http://" + "abcdefghi.".repeat(25) + "abc",
                "http://" + "abcdefghi.".repeat(25) + "abcd",
                "http://a:0",
                "http://a:1",
                "http://a:65535",
                "http://a:65536",
                "http://a:99999",
                "http://a:000080",
                "http://a:00080",
                "http://a:",
                "http://a:x",
                "http://a:-1",
                "http://a:+80",
                "http://a:80:80",
                "http://[::1]",
                "http://[::1]:5000",
                "http://[::1]:0",
                "http://[::1",
                "http://::1",
                "http://::1:5000",
                "http://[:::]",
                "http://[1::2::3]",
                "http://[1:2:3:4:5:6:7:8:9]",
                "http://[1:2:3:4:5:6:7:8]",
                "http://[::ffff:1.2.3.4]",
                "http://[::1.2.3]",
                "http://[::1.2.3.256]",
                "http://[1.2.3.4]",
                "http://[fe80::1%25eth0]",
                "http://[fe80::1%eth0]",
                "http://[12345::]",
                "http://[]",
                "http://[::1]x",
                "http://1.2.3.4",
                "http://1.2.3",
                "http://1.2.3.4.5",
                "http://1.2.3.256",
                "http://01.2.3.4",
                "http://127.1",
                "http://0x7f.1",
                "http://2130706433",
                "http://a.1",
                "http://münchen.example",
                "http://xn--mnchen-3ya.example",
                "http://xn--a.example",
                "http://xn--.example",
                "http://xn--zzzzzzzzzz99999999.example",
                "http://ａ.example",
                "http://a。b",
                "http://a%41.example",
                "http://a b",
                "http://a\tb",
                "http://a\\b",
                "http://a|b",
                "http://a<b",
                "http://a^b",
                "http://a*b",
                "http://a,b",
                "http://a;b",
                "http://a'b",
                "http://A.EXAMPLE",
                "http://a.example/",
                "http://a.example//",
                "http://a.example/a//b",
                "http://a.example/./x",
                "http://a.example/../x",
                "http://a.example/%41",
                "http://a.example/%zz",
                "http://a.example/%",
                "http://a.example/%2",
                "http://a.example/%2e%2e/x",
                "http://a.example/%00",
                "http://a.example/a b",
                "http://a.example/é",
                "http://a.example/a;b=c",
                "http://a.example/[x]",
                "http://a.example/{x}",
                "http://a.example/?x",
                "http://a.example/#x",
                "http://u:p@a.example",
                "http:/a",
                "http:a",
                "http//a",
                "ftp://a.example",
                "//a.example",
                "/a"));
        Random random = new Random(4711);
        String letters = "ab1.-_:[]x9%/@é \u00ad";
        for (int i = 0; i < 200; i++) {
            String text = random.ints(1 + random.nextInt(12), 0, letters.length())
                    .mapToObj(at -> letters.substring(at, at + 1))
                    .collect(Collectors.joining());
            texts.add("http://" + text);
        }
        for (boolean override : new boolean[] {false, true}) {
            assertAgreement(texts.stream()
                    .map(text -> "[host.\"" + toml(text) + "\"]\noverride_path = " + override)
                    .toList());
        }
        assertAgreement(
                texts.stream().map(text -> "server = \"" + toml(text) + "\"").toList());
        assertAgreement(texts.stream()
                .map(text -> CRI + "mirrors.\"registry.example\".endpoint = [\"" + toml(text)
                        + "\", \"http://good.example\"]")
                .toList());
        assertAgreement(texts.stream()
                .map(text -> DAEMON + "[\"" + toml(text) + "\", \"http://good.example\"]}")
                .toList());
        assertAgreement(texts.stream()
                .map(text ->
                        YAML + "{\"registry.example\": {endpoint: [\"" + toml(text) + "\", \"http://good.example\"]}}")
                .toList());
        assertAgreement(texts.stream()
                .map(text -> CONF + "location = \"registry.example\"\n"
                        + mirror(text.startsWith("http://") ? text.substring(7) : text) + mirror("good.example"))
                .toList());
    }

    /** A mirror of registries.conf, which is asked by plain HTTP when it speaks no TLS. */
    private static String mirror(String location) {
        return "[[registry.mirror]]\nlocation = \"" + toml(location) + "\"\ninsecure = true\n";
    }

    @Test
    void headers() throws IOException {
        List<String> tables = new ArrayList<>();
        for (String name : List.of(
                "x",
                "X-A",
                "x a",
                "x:",
                ":x",
                "",
                "é",
                "x\u0001",
                "x\"",
                "x\\",
                "(x)",
                "x/y",
                "Host",
                "host",
                "User-Agent",
                "Accept",
                "Authorization",
                "x!#$%&'*+-.^_`|~",
                "x".repeat(5_000))) {
            tables.add(header(name, "v"));
            tables.add(criHeader(name, "v"));
        }
        for (String value : List.of(
                "",
                " ",
                " a ",
                "é",
                "日本",
                "\u00a0",
                "a\nb",
                "a\r\nb",
                "a\u0000",
                "a\u007f",
                "a\tb",
                "\t",
                "\u0085",
                "\u2028",
                "\ud83d\ude00",
                "v".repeat(5_000))) {
            tables.add(header("x-a", value));
            tables.add(criHeader("x-a", value));
        }
        assertAgreement(tables);
    }

    private static String header(String name, String value) {
        return "[host.\"http://m.example\".header]\n\"" + toml(name) + "\" = \"" + toml(value) + "\"";
    }

    private static String criHeader(String name, String value) {
        return CRI + "mirrors.\"registry.example\".endpoint = [\"http://good.example\"]\nheaders.\"" + toml(name)
                + "\" = [\"" + toml(value) + "\"]";
    }

    @Test
    void times() throws IOException {
        List<String> times = List.of(
                "0",
                "0s",
                "1ns",
                "1us",
                "999us",
                "1ms",
                "5s",
                "1h",
                "590h",
                "596h31m23s647ms",
                "597h",
                "100000h",
                "2562047h",
                "2562048h",
                "-1s",
                "",
                "1",
                "s",
                "1.5s",
                "1e3s",
                ".s",
                "+5s",
                "9223372036s",
                "9223372037s");
        List<String> tables = new ArrayList<>();
        for (String time : times) {
            tables.add("[host.\"http://m.example\"]\ndial_timeout = \"" + time + "\"");
            tables.add("[host.\"http://m.example\".jpull]\nresponse_timeout = \"" + time + "\"");
            tables.add("[host.\"http://m.example\".jpull]\nstall_timeout = \"" + time + "\"");
        }
        assertAgreement(tables);
    }

    @Test
    void proxies() throws IOException {
        assertAgreement(Stream.of(
                        "none",
                        "",
                        "NONE",
                        "http://p",
                        "http://p:3128",
                        "http://p:3128/",
                        "http://p:3128/x",
                        "http://p:0",
                        "http://p:99999",
                        "http://p:",
                        "http://p:x",
                        "http://p_q:1",
                        "http://p.1:1",
                        "http://p..q:1",
                        "http://" + "p".repeat(64) + ":1",
                        "http://[::1]:1",
                        "http://[::1",
                        "http://[:::]:1",
                        "http://::1:1",
                        "http://u:p@p:1",
                        "http://u%40:p%3A@p:1",
                        "http://u%zz@p:1",
                        "http://u@v@p:1",
                        "http://:p@p:1",
                        "http://u\\n@p:1",
                        "http://é:é@p:1",
                        "http://u:p/q@p:1",
                        "http://u:p?q@p:1",
                        "http://p:1?x",
                        "http://p:1#x",
                        "https://p:1",
                        "socks5://p:1",
                        "p:3128",
                        "p",
                        "http://",
                        "http:///",
                        "http://@",
                        " http://p:1",
                        "http://p p:1",
                        "http://1.2.3.4:1",
                        "http://1.2.3:1",
                        "http://xn--a:1",
                        "http://münchen:1",
                        "http://a%41:1")
                .map(text -> "[host.\"http://m.example\".jpull]\nproxy = \"" + text + "\"")
                .toList());
    }

    @Test
    void rewrites() throws IOException {
        List<String> tables = new ArrayList<>();
        String[][] rules = {
            {"^team/(.*)", "hub/$1"},
            {"^team/(.*)", "hub/$2"},
            {"^team/(.*)", "hub/$12"},
            {"^team/(.*)", "hub/$"},
            {"^team/(.*)", "hub\\"},
            {"^team/(.*)", "hub\\/$1"},
            {"^team/(.*)", "hub/${1}"},
            {"^team/(.*)", "hub/${x}"},
            {"^team/(?<x>.*)", "hub/${x}"},
            {"^team/(?<x>.*)", "hub/${x"},
            {"^team/(?<x>.*)", "hub/${y}"},
            {"^team/(.*)", "hub//$1"},
            {"^team/(.*)", "hub/../$1"},
            {"^team/(.*)", "hub $1"},
            {"^team/(.*)", "hub:$1"},
            {"^team/(.*)", "é$1"},
            {"^team/(.*)", "h?$1"},
            {"^team/(.*)", "HUB/$1"},
            {"(", "x"},
            {")", "x"},
            {"[", "x"},
            {"*", "x"},
            {"a{2,1}", "x"},
            {"\\", "x"},
            {"(?<x>a)(?<x>b)", "x"},
            {"\\Q", "x"},
            {"(?x) team # no", "x"},
            {"(?i)^TEAM/", "hub/"},
            {"a|b", "c"},
            {"|", "x-"},
            {"", "x-"},
            {"(a+)+$", "x"},
            {"(a|a)*b", "x"},
            {"(.*)*x", "y"},
            {"(.*a){20}", "y"},
            {"^(([a-z])+.)+[A-Z]([a-z])+$", "y"},
            {"(a|b|/|[a-z])*", "y"},
            {"(".repeat(400) + "a" + ")".repeat(400), "y"},
            {"(".repeat(20_000) + "a" + ")".repeat(20_000), "y"},
            {"a".repeat(2_000), "y"},
            {"(?:a?){200}a{200}", "y"}
        };
        for (String[] rule : rules) {
            tables.add(
                    "[host.\"http://m.example\".jpull.rewrite]\n\"" + toml(rule[0]) + "\" = \"" + toml(rule[1]) + "\"");
        }
        assertAgreement(tables);
    }

    /** Runs each configuration of a mirror before a registry that is good. */
    private void assertAgreement(List<String> configurations) throws IOException {
        List<String> differences = new ArrayList<>();
        int refused = 0;
        try (TestRegistry registry = TestRegistry.start()) {
            for (String repository : List.of(REPOSITORY, "a/v2/" + REPOSITORY)) {
                registry.serve(repository, "1", CONTENT);
            }
            for (String configuration : configurations) {
                boolean whole = configuration.startsWith("server") || fileOf(configuration) != null;
                String toml = (whole ? "" : "server = \"http://good.example\"\n") + configuration + "\n";
                Path path = write(toml);
                List<Finding> errors =
                        HostsCheck.of(path).stream().filter(Finding::isError).toList();
                String outcome = outcome(path, registry);
                refused += errors.isEmpty() ? 0 : 1;
                boolean agree = errors.isEmpty() ? outcome.isEmpty() : outcome.startsWith("refused");
                if (!agree) {
                    differences.add(
                            toml + "  check: " + errors + "\n  pull:  " + (outcome.isEmpty() ? "went on" : outcome));
                }
                // Each error has its place, and the pull says it as the check does.
                for (Finding error : errors) {
                    if (error.position().line() < 1 || !outcome.contains(error.message())) {
                        differences.add(toml + "  check: " + error + "\n  pull says something else: " + outcome);
                    }
                }
            }
        }
        assertThat(differences).as(String.join("\n", differences)).isEmpty();
        assertThat(refused).isBetween(1, configurations.size() - 1);
    }

    private static @Nullable String fileOf(String configuration) {
        return FILES.entrySet().stream()
                .filter(file -> configuration.startsWith(file.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** Writes the file of a runtime, or a hosts directory; the other one would not be looked at. */
    private Path write(String configuration) throws IOException {
        String file = fileOf(configuration);
        if (file != null) {
            return Files.writeString(
                    Files.createDirectories(temporary.resolve("files")).resolve(file), configuration);
        }
        Path root = temporary.resolve("certs.d");
        Files.writeString(
                Files.createDirectories(root.resolve("registry.example")).resolve("hosts.toml"), configuration);
        return root;
    }

    /** Nothing when the configuration did not hinder the pull, else what happened. */
    private String outcome(Path path, TestRegistry registry) {
        HttpOptions.Network network = new HttpOptions.Network() {
            @Override
            public List<InetAddress> lookup(String name) {
                return List.of(InetAddress.getLoopbackAddress());
            }

            @Override
            public SocketAddress reach(SocketAddress address) {
                String[] place = registry.host().split(":");
                return new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), Integer.parseInt(place[place.length - 1]));
            }
        };
        ImagePullerBuilder builder =
                ImagePuller.builder().environment(Map.of()).network(network).store(temporary.resolve("store"));
        boolean docker = path.endsWith("daemon.json");
        builder.upstream(!docker); // Docker Hub itself is not what answers here
        builder = Files.isDirectory(path) ? builder.hostsDirectory(path) : builder.configuration(path);
        try (ImagePuller puller = builder.build()) {
            PulledImage image = puller.pull((docker ? "docker.io/" : "registry.example/") + REPOSITORY + ":1");
            // A mirror that does not know the repository, or was left after a ms, is no mistake in the configuration.
            return image.fallbacks().stream()
                    .filter(attempt ->
                            attempt.status() != 404 && !attempt.reason().matches(".*(timed out|in time).*"))
                    .map(Attempt::toString)
                    .collect(Collectors.joining(", "));
        } catch (ConfigurationException e) {
            return "refused: " + e.getMessage();
        } catch (RuntimeException | Error e) {
            return isForTheHost(e) ? "" : e.toString();
        }
    }

    /** A server that has a path, and so not the image, which is no mistake either. */
    private static boolean isForTheHost(Throwable failure) {
        return failure instanceof ImageNotFoundException;
    }

    /** A text as TOML, JSON and YAML want it between quotes. */
    private static String toml(String text) {
        return text.codePoints()
                .mapToObj(c -> Character.toString(c).matches(TOML_QUOTES)
                        ? String.format("\\u%04x", c)
                        : Character.toString(c))
                .collect(Collectors.joining());
    }

    @Test
    void theGeneratedTextsAreWhatTomlReadsBack() {
        assertThat(IntStream.of('"', '\\', 1).mapToObj(c -> toml(Character.toString(c))))
                .containsExactly("\\u0022", "\\u005c", "\\u0001");
    }
}
