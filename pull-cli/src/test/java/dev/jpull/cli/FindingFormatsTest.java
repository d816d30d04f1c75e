// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.jpull.HostsCheck;
import dev.jpull.cli.InProcess.Run;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.testdata.ConfigurationCase;
import dev.jpull.testdata.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The formats of findings for code scanning and for GitHub workflows. */
class FindingFormatsTest {
    private static final Schema SARIF = schema();

    @TempDir
    Path temporary;

    /** The schema of OASIS, in {@code sarif-schema-2.1.0.json}. */
    private static Schema schema() {
        try (InputStream in = FindingFormatsTest.class.getResourceAsStream("sarif-schema-2.1.0.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8), InputFormat.JSON);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> flaws(String sarif) {
        return SARIF
                .validate(
                        sarif,
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Object::toString)
                .toList();
    }

    private static Finding finding(Path file, int line, int column, String message) {
        return new Finding(
                Finding.Severity.WARNING,
                "unknown-key",
                new SourcePosition(file, line, column),
                message,
                ContainerRuntime.CONTAINERD,
                "ignores it silently",
                "remove it");
    }

    static Stream<ConfigurationCase> broken() {
        return ConfigurationCase.bundled("broken.txt").stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void theReportOfEveryBrokenConfigurationIsValid(ConfigurationCase broken) throws IOException {
        broken.write(temporary);
        Path config = temporary.resolve("config.toml");
        List<Finding> findings = HostsCheck.of(Files.exists(config) ? config : temporary.resolve("certs.d"));
        String report = new SarifReport(new FindingPlaces(temporary), "1.0").of(findings);
        assertThat(flaws(report)).as(report).isEmpty();
        JsonNode results = new JsonMapper().readTree(report).at("/runs/0/results");
        assertThat(results.size()).isEqualTo(broken.expected("finding").size());
        for (JsonNode result : results) {
            JsonNode location = result.at("/locations/0/physicalLocation/artifactLocation");
            assertThat(location.get("uri").stringValue()).doesNotStartWith("/").doesNotContain(":");
            assertThat(location.get("uriBaseId").stringValue()).isEqualTo("%SRCROOT%");
        }
    }

    @Test
    void theSchemaRefusesWhatIsNoReport() {
        assertThat(flaws("{\"version\":\"2.1.0\"}")).isNotEmpty();
        assertThat(flaws("{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{}}}]}"))
                .isNotEmpty();
        String report = new SarifReport(new FindingPlaces(temporary), "1.0")
                .of(List.of(finding(temporary.resolve("a"), 1, 1, "m")));
        assertThat(flaws(report)).isEmpty();
        assertThat(flaws(report.replace("\"warning\"", "\"bad\""))).isNotEmpty();
        assertThat(flaws(report.replace("\"startLine\":1", "\"startLine\":0"))).isNotEmpty();
    }

    @Test
    void aReportHasRulesLocationsAndLevels() {
        TestCertificates.write(
                temporary.resolve("certs.d/registry.example:5000/hosts.toml"),
                "server = \"https://registry.example:5000\"\n[host.\"https://m.corp\"]\n  capabilites = [\"pull\"]\n");
        Run run = InProcess.run("hosts", "check", "--format", "sarif", temporary.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(flaws(run.out())).isEmpty();
        JsonNode result = run.json().at("/runs/0/results/0");
        assertThat(result.get("ruleId").stringValue()).isEqualTo("unknown-key");
        assertThat(result.get("level").stringValue()).isEqualTo("warning");
        assertThat(result.at("/message/text").stringValue())
                .contains("\"capabilites\"", "containerd ignores it silently", "Remedy: ");
        assertThat(result.at("/locations/0/physicalLocation/artifactLocation/uri")
                        .stringValue())
                .startsWith("file:///")
                .endsWith("/certs.d/registry.example%3A5000/hosts.toml");
        assertThat(result.at("/locations/0/physicalLocation/region/startLine").intValue())
                .isEqualTo(3);
        assertThat(result.at("/locations/0/physicalLocation/region/startColumn").intValue())
                .isEqualTo(3);
        JsonNode rule = run.json().at("/runs/0/tool/driver/rules/0");
        assertThat(rule.get("id").stringValue()).isEqualTo("unknown-key");
        assertThat(rule.at("/shortDescription/text").stringValue()).contains("nothing reads");
        assertThat(rule.at("/help/text").stringValue()).contains("Remedy");
    }

    @Test
    void namesOfFilesAreEscapedInReports() {
        FindingPlaces places = new FindingPlaces(temporary);
        Finding odd = finding(temporary.resolve("a b/100%/ü:1,2/hosts.toml"), 0, 0, "m");
        assertThat(places.uriOf(odd)).isEqualTo("a%20b/100%25/%C3%BC%3A1%2C2/hosts.toml");
        assertThat(new GitHubReport(places).lineFor(odd))
                .isEqualTo("::warning file=a b/100%25/ü%3A1%2C2/hosts.toml,title=unknown-key::m%0Acontainerd ignores it"
                        + " silently%0ARemedy: remove it");
        assertThat(flaws(new SarifReport(places, "1").of(List.of(odd)))).isEmpty();
        Finding builtIn = new Finding(
                Finding.Severity.ERROR,
                "no-such-code",
                SourcePosition.BUILT_IN,
                "100%: a, b",
                ContainerRuntime.PODMAN,
                "",
                "");
        assertThat(new GitHubReport(places).lineFor(builtIn)).isEqualTo("::error title=no-such-code::100%25: a, b");
        assertThat(flaws(new SarifReport(places, "1").of(List.of(builtIn)))).isEmpty();
    }

    @Test
    void aGitHubWorkflowGetsALineForEachFinding() {
        TestCertificates.write(temporary.resolve("certs.d/q.io/hosts.toml"), "server = https://q.io\n");
        Run run = InProcess.run("hosts", "check", "--format", "github", temporary.toString());
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out().lines())
                .singleElement()
                .asString()
                .startsWith("::error file=")
                .contains("certs.d/q.io/hosts.toml,line=1,col=10,title=syntax::not valid TOML");
        assertThat(run.err()).contains("1 error, 0 warnings");
    }

    @Test
    void reportsAreWrittenAlsoWhenAPathHasNothingToCheck() {
        Path good = TestCertificates.write(
                temporary.resolve("certs.d/q.io/hosts.toml"), "server = \"https://q.io\"\n[host]\nx = 1\n");
        String gone = temporary.resolve("gone").toString();
        Run sarif = InProcess.run("hosts", "check", "--format", "sarif", gone, good.toString());
        assertThat(sarif.exitCode()).isEqualTo(3);
        assertThat(flaws(sarif.out())).isEmpty();
        assertThat(sarif.json().at("/runs/0/invocations/0/executionSuccessful").booleanValue())
                .isFalse();
        assertThat(sarif.out()).contains("\"ruleId\":\"not-checked\"").contains("certs.d/q.io/hosts.toml");
        Run github = InProcess.run("hosts", "check", "--format", "github", gone);
        assertThat(github.exitCode()).isEqualTo(3);
        assertThat(github.out()).startsWith("::error file=").contains("title=not-checked::");
        assertThat(github.err()).startsWith("checked ");
    }

    @Test
    void releasesAreAlsoSeparatedByCommas() {
        Path file =
                TestCertificates.write(temporary.resolve("certs.d/q.io/hosts.toml"), "server = \"https://m.corp\"\n");
        Run run = InProcess.run("hosts", "check", "--for", "containerd-1.7,rke2", "--format", "json", file.toString());
        assertThat(run.out()).contains("release-host-table");
        assertThat(run.exitCode()).isEqualTo(3);
    }

    @Test
    void everyRuleHasItsTexts() {
        assertThat(FindingRule.all()).hasSizeGreaterThan(70).containsKeys("syntax", "docker-io-host", "release-key");
    }
}
