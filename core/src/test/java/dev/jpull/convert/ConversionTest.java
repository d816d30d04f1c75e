// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.compare.ConfigurationComparison;
import dev.jpull.compare.HostChange.Kind;
import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.Remedy;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.testdata.ConfigurationCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations in other dialects: what is written, what is refused, and that round trips mean the same. */
class ConversionTest {
    private static final ConfigurationReader READER = new ConfigurationReader(HostDefaults.NONE);

    @TempDir
    Path temporary;

    static List<ConfigurationCase> cases() {
        return ConfigurationCase.bundled("conversions.txt");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachConfigurationIsConvertedOrRefused(ConfigurationCase each) throws IOException {
        each.write(temporary);
        Path source = only(temporary.resolve("source"));
        Target target = target(each.expected("to").get(0));
        List<String> refusals = each.expected("refused");
        if (!refusals.isEmpty()) {
            List<String> lines = refusals(source, target);
            for (String expected : refusals) {
                assertThat(lines).anyMatch(line -> line.contains(expected));
            }
            assertThat(lines.toString()).doesNotContain("hunter2").doesNotContain("--approximate");
            assertThat(lines).doesNotHaveDuplicates();
            return;
        }
        Conversion conversion = Conversion.of(source, target, false);
        Path written = temporary.resolve("written").resolve(target.fileName());
        conversion.write(written);
        assertThat(contents(temporary.resolve("written"))).isEqualTo(contents(temporary.resolve("expected")));
        assertThat(conversion.findings()).extracting(Finding::code).containsExactlyElementsOf(each.expected("finding"));
        assertThat(conversion.toString()).doesNotContain("hunter2");
    }

    /** The errors of a conversion, which has no files then, or that of a source that cannot be used. */
    private List<String> refusals(Path source, Target target) {
        Path nowhere = temporary.resolve("refused");
        try {
            Conversion conversion = Conversion.of(source, target, false);
            List<String> errors = conversion.findings().stream()
                    .filter(Finding::isError)
                    .map(Finding::toString)
                    .toList();
            assertThat(conversion.texts()).isEmpty();
            assertThatThrownBy(() -> conversion.write(nowhere))
                    .isInstanceOfSatisfying(
                            ConfigurationException.class,
                            e -> assertThat(e.remedies()).containsExactly(Remedy.APPROXIMATE))
                    .hasMessage(String.join("\n", errors));
            assertThat(nowhere).doesNotExist();
            return errors;
        } catch (ConfigurationException e) {
            return String.valueOf(e.getMessage()).lines().toList();
        }
    }

    /** Everything that the tables of the dialects have and the target can say. */
    @ParameterizedTest
    @CsvSource({
        "k3s.txt, registries.yaml, K3S_HOSTS, K3S, 25",
        "containers.txt, registries.conf, HOSTS, REGISTRIES_CONF, 13",
        "docker.txt, daemon.json, HOSTS, K3S, 10",
        "examples.txt, certs.d, K3S, HOSTS, 8"
    })
    void thereAndBackAgainMeansTheSame(String table, String name, Target there, Target back, int atLeast)
            throws IOException {
        int converted = 0;
        int number = 0;
        for (ConfigurationCase each : ConfigurationCase.bundled(table)) {
            Path directory = temporary.resolve("case-" + number++);
            each.write(directory);
            Path source = directory.resolve(name);
            Path middle = directory.resolve("there").resolve(there.fileName());
            Path end = directory.resolve("back").resolve(back.fileName());
            if (isConverted(source, there, middle) && isConverted(middle, back, end)) {
                converted++;
                HostConfiguration before = READER.read(source);
                Set<String> scopes = new TreeSet<>(before.scopes());
                scopes.add(HostConfiguration.ALL);
                ConfigurationComparison comparison =
                        new ConfigurationComparison(before, source, READER.read(end), source);
                assertThat(comparison.changes(List.of()))
                        .as(each.title())
                        .filteredOn(change -> change.change().kind() != Kind.REFERRERS
                                && change.change().kind() != Kind.NAMESPACE_PARAMETER
                                && scopes.contains(change.scope()))
                        .isEmpty();
            }
        }
        assertThat(converted).isGreaterThanOrEqualTo(atLeast);
    }

    /** Whether it can be said in the target; a configuration without settings gives no file. */
    private static boolean isConverted(Path source, Target target, Path written) {
        try {
            Conversion.of(source, target, false).write(written);
            return Files.exists(written);
        } catch (ConfigurationException e) {
            return false;
        }
    }

    @Test
    void whatCannotBeSaidIsLeftOutWhenTheNearestIsWanted() throws IOException {
        Path source = temporary.resolve("certs.d");
        write("""
                [host."https://mirror.corp"]
                  capabilities = ["pull", "resolve"]
                  dial_timeout = "3s"
                """);
        assertThat(refusals(source, Target.REGISTRIES_CONF)).anyMatch(line -> line.contains("hosts.toml:3:3"));
        Conversion nearest = Conversion.of(source, Target.REGISTRIES_CONF, true);
        assertThat(nearest.texts().get("")).contains("location = \"mirror.corp\"");
        assertThat(nearest.findings())
                .noneMatch(Finding::isError)
                .extracting(Finding::code)
                .contains("not-expressible", "differs");
    }

    @Test
    void aMirrorForDigestsAloneIsNotAskedForTagsWhenTheNearestIsWanted() throws IOException {
        Path source = Files.writeString(temporary.resolve("registries.conf"), """
                [[registry]]
                location = "quay.io"
                [[registry.mirror]]
                location = "digests.corp"
                pull-from-mirror = "digest-only"
                [[registry.mirror]]
                location = "tags.corp"
                pull-from-mirror = "tag-only"
                """);
        assertThat(refusals(source, Target.HOSTS))
                .anyMatch(line -> line.contains("registries.conf:4:1")
                        && line.contains("the mirror https://digests.corp for digests alone"))
                .anyMatch(line -> line.contains("registries.conf:7:1")
                        && line.contains("the mirror https://tags.corp for tags alone"));
        Conversion nearest = Conversion.of(source, Target.HOSTS, true);
        assertThat(nearest.texts().get("quay.io/hosts.toml")).isEqualTo("""
                server = "https://quay.io"

                [host."https://digests.corp"]
                capabilities = ["pull"]
                """);
        assertThat(nearest.findings())
                .filteredOn(finding -> finding.code().equals("digest-only"))
                .singleElement()
                .extracting(Finding::message)
                .asString()
                .contains("serves the content of images that are named by a tag as well");
        assertThat(Conversion.of(source, Target.K3S, true).texts().get("")).doesNotContain("digests.corp");
    }

    @Test
    void aRewriteIsWrittenForK3sWhenTheNearestIsWanted() throws IOException {
        Path source = Files.writeString(temporary.resolve("registries.yaml"), """
                mirrors:
                  quay.io:
                    endpoint: ["https://mirror.corp"]
                    rewrite:
                      "^team/(.*)": "mirrored/$1"
                """);
        Conversion nearest = Conversion.of(source, Target.HOSTS, true);
        assertThat(nearest.texts().get("quay.io/hosts.toml"))
                .contains("[host.\"https://mirror.corp\".rewrite]\n\"^team/(.*)\" = \"mirrored/$1\"\n");
        assertThat(nearest.findings())
                .anyMatch(finding -> finding.code().equals("k3s-rewrite")
                        && finding.message().contains("the containerd of k3s and RKE2 read"));
        assertThat(Conversion.of(source, Target.K3S_HOSTS, false).texts()).isEqualTo(nearest.texts());
    }

    @ParameterizedTest
    @CsvSource({
        "^(.*)$, front/$1, front",
        "(.+), a/b.c/${1}, a/b.c",
        ".*, front/$0, front",
        "^, front/, front",
        "^(.*)$, front-$1,",
        "^org/(.*)$, front/$1,",
        "^(.*)$, front/$1/back,",
        "^(.*)$, front/$1x,",
        "^([a-z]*)$, front/$1,",
    })
    void aRewriteIsAPathWhenItPutsTheSameInFrontOfEveryName(String pattern, String replacement, String front)
            throws IOException {
        Path source = Files.writeString(temporary.resolve("registries.yaml"), """
                mirrors:
                  quay.io:
                    endpoint: ["https://mirror.corp"]
                    rewrite:
                      '%s': '%s'
                """.formatted(pattern, replacement));
        Conversion conversion = Conversion.of(source, Target.HOSTS, false);
        assertThat(conversion.isRefused()).isEqualTo(front == null);
        if (front != null) {
            assertThat(conversion.texts().get("quay.io/hosts.toml"))
                    .contains("[host.\"https://mirror.corp/v2/" + front + "\"]")
                    .doesNotContain("rewrite");
        }
    }

    @Test
    void aFileWithPasswordsIsForItsOwnerAlone() throws IOException {
        Path source = Files.writeString(temporary.resolve("config.toml"), """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry.configs."quay.io".auth]
                  username = "robot"
                  password = "hunter2"
                """);
        Conversion conversion = Conversion.of(source, Target.K3S, false);
        Path file = temporary.resolve("new/registries.yaml");
        conversion.write(file);
        assertThat(Files.getPosixFilePermissions(file))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        assertThat(file).content().contains("hunter2");
        assertThat(conversion.shownTexts().toString()).contains("***").doesNotContain("hunter2");
        assertThatThrownBy(() -> conversion.write(file)).hasMessageContaining(file + " exists already");
        assertThat(only(temporary.resolve("new"))).isEqualTo(file);
    }

    @Test
    void nothingIsWrittenThroughALinkBelowTheTarget() throws IOException {
        Path source = Files.writeString(
                temporary.resolve("registries.yaml"),
                "mirrors:\n  quay.io:\n    endpoint: [\"https://mirror.corp\"]\n");
        Path foreign = Files.createDirectories(temporary.resolve("foreign"));
        Path target = Files.createDirectories(temporary.resolve("target"));
        Files.createSymbolicLink(target.resolve("quay.io"), foreign);
        Conversion conversion = Conversion.of(source, Target.HOSTS, false);
        assertThatThrownBy(() -> conversion.write(target)).hasMessageContaining("quay.io is a symbolic link");
        assertThat(foreign).isEmptyDirectory();
    }

    @Test
    void aPlaceThatCannotBeWrittenStaysAsItWas() throws IOException {
        write("server = \"https://quay.io\"\n[host.\"https://mirror.corp\"]\ncapabilities = [\"pull\", \"resolve\"]\n");
        Conversion conversion = Conversion.of(temporary.resolve("certs.d"), Target.K3S, false);
        Path file = Files.writeString(temporary.resolve("file"), "mine");
        assertThatThrownBy(() -> conversion.write(file.resolve("below/registries.yaml")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("nothing was written");
        assertThat(file).hasContent("mine");
    }

    private void write(String hostsToml) throws IOException {
        Path directory = Files.createDirectories(temporary.resolve("certs.d/quay.io"));
        Files.writeString(directory.resolve("hosts.toml"), hostsToml);
    }

    private static Target target(String name) {
        return switch (name) {
            case "hosts" -> Target.HOSTS;
            case "k3s" -> Target.K3S;
            case "k3s-hosts" -> Target.K3S_HOSTS;
            default -> Target.REGISTRIES_CONF;
        };
    }

    private static Path only(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> all = entries.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    private static Map<String, String> contents(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                // Blank lines before the next file of a case belong to no file.
                contents.put(
                        directory.relativize(file).toString(),
                        Files.readString(file).stripTrailing());
            }
        }
        return contents;
    }
}
