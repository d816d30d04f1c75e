// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.jpull.credentials.CredentialVectors;
import dev.jpull.hosts.HostVectors;
import dev.jpull.http.TokenVectors;
import dev.jpull.testdata.Vector;
import dev.jpull.testdata.Vectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Runs the cases that were taken from the real code of containerd. Each case holds, or deviates as the table of
 * deviations says. An area without a counterpart in jpull is left out, and the table says why.
 */
class VectorTest {
    private static final Set<String> OF_THE_COMMAND = Set.of("ctr_label", "ctr_credentials");

    @TempDir
    Path temporary;

    /** Runs the cases of an area. */
    @FunctionalInterface
    interface Area {
        Outcome run(Vector vector) throws IOException;
    }

    private Map<String, Area> areas() {
        Map<String, Area> areas = new TreeMap<>();
        areas.put("ref_docker", ValueVectors::dockerReference);
        areas.put("ref_ctr", ValueVectors::ctrReference);
        areas.put("digest", ValueVectors::digest);
        areas.put("chain_id", ValueVectors::chainId);
        areas.put("media_type", ValueVectors::mediaType);
        areas.put("platform_parse", ValueVectors::platformParse);
        areas.put("platform_normalize", ValueVectors::platformNormalize);
        areas.put("platform_match", ValueVectors::platformMatch);
        areas.put("platform_select", ValueVectors::platformSelect);
        areas.put("warning_header", ValueVectors::warningHeader);
        areas.put("www_authenticate", ValueVectors::wwwAuthenticate);
        areas.put("ingest_ref", ValueVectors::ingestRef);
        areas.put("pull_plan", PlanVectors::pullPlan);
        areas.put("token_request", TokenVectors::request);
        areas.put("token_scope", TokenVectors::scopes);
        CredentialVectors credentials = new CredentialVectors(temporary);
        areas.put("docker_config", credentials::dockerConfig);
        areas.put("cri_auth", credentials::criAuth);
        HostVectors hosts = new HostVectors(temporary);
        areas.put("is_localhost", hosts::isLocalhost);
        areas.put("hosts_dir_lookup", hosts::lookup);
        areas.put("host_dir_load", hosts::load);
        areas.put("hosts_toml", hosts::toml);
        areas.put("endpoints", hosts::endpoints);
        areas.put("cri_config", hosts::criConfig);
        FlowVectors flows = new FlowVectors(temporary);
        areas.put("candidate_urls", flows::candidateUrls);
        areas.put("resolve_flow", flows::resolve);
        areas.put("fetch_flow", flows::fetch);
        areas.put("ingest_resume", flows::ingestResume);
        areas.put("auth_flow", flows::authorize);
        return areas;
    }

    /**
     * One test for each case of containerd, and of those that follow the rules of the specification: default ports, IPv6,
     * capitals, invalid hosts. The last test sees which deviations the others have used.
     */
    @TestFactory
    Stream<DynamicNode> cases() throws IOException {
        String directory = System.getProperty("jpull.vectors", "");
        Deviations deviations = Deviations.load();
        return Stream.of(
                container(
                        "containerd",
                        directory.isEmpty() ? Vectors.bundled() : Vectors.in(directory(directory)),
                        deviations),
                container("rules", Vectors.in(Path.of("src/test/resources/dev/jpull/vectors")), deviations),
                dynamicTest("every deviation is shown by a case or says why not", () -> {
                    if (directory.isEmpty()) {
                        assertThat(deviations.unused()).containsExactlyElementsOf(deviations.withoutCase());
                    } else { // may have cases that are not bundled
                        assertThat(deviations.unused()).isSubsetOf(deviations.withoutCase());
                    }
                }),
                dynamicTest(
                        "the tests that show other deviations exist",
                        () -> assertThat(deviations.otherTests()).isNotEmpty().allMatch(VectorTest::isTest)));
    }

    /** Whether a module has a test of this class and method. */
    private static boolean isTest(String classAndMethod) {
        String[] names = classAndMethod.split("\\.", -1);
        for (String tests : List.of("src/test/java", "../pull-cli/src/test/java")) {
            try (Stream<Path> files = Files.walk(Path.of(tests))) {
                if (files.filter(file -> file.endsWith(names[0] + ".java"))
                        .anyMatch(file -> read(file).contains("void " + names[1] + "("))) {
                    return true;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return false;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DynamicNode container(String name, Map<String, List<Vector>> vectors, Deviations deviations) {
        Map<String, Area> areas = areas();
        return dynamicContainer(
                name,
                vectors.entrySet().stream()
                        .map(entry -> area(entry.getKey(), entry.getValue(), areas.get(entry.getKey()), deviations)));
    }

    private static DynamicNode area(String name, List<Vector> cases, @Nullable Area area, Deviations deviations) {
        if (area == null) {
            return dynamicTest(name, () -> {
                if (!OF_THE_COMMAND.contains(name)) {
                    assertThat(deviations.whyLeftOut(name))
                            .as("a rule runs the cases, or a deviation says why none does")
                            .isNotEmpty();
                }
            });
        }
        return dynamicContainer(
                name, cases.stream().map(vector -> dynamicTest(vector.id(), () -> check(area, vector, deviations))));
    }

    private static void check(Area area, Vector vector, Deviations deviations) throws IOException {
        assertThat(vector.expect()).as("what the case expects").isNotEmpty();
        Outcome outcome = run(area, vector);
        assertThat(outcome.actual()).as("what the case checks").isNotEmpty();
        Verdict verdict = judge(vector, outcome, deviations);
        assertThat(verdict.kind())
                .as(() -> verdict.text() + "\n  input    " + shorten(vector.input()) + "\n  expected "
                        + shorten(vector.expect()) + "\n  actual   " + shorten(outcome.actual()) + " "
                        + outcome.findings())
                .isNotEqualTo(Verdict.Kind.FAILED);
    }

    /** A case that cannot even be run has failed, and the others are run all the same. */
    private static Outcome run(Area area, Vector vector) throws IOException {
        try {
            return area.run(vector);
        } catch (RuntimeException e) {
            return Outcome.of(Outcome.object().put("crashed", e.toString()));
        }
    }

    /** A relative directory is meant from where Maven was started, one level above the module. */
    private static Path directory(String given) {
        Path fromModule = Path.of(given);
        return Files.isDirectory(fromModule) ? fromModule : Path.of("..").resolve(given);
    }

    /** What became of a case. */
    record Verdict(Kind kind, String text) {
        enum Kind {
            PASSED,
            DEVIATING,
            FAILED
        }
    }

    private static Verdict judge(Vector vector, Outcome outcome, Deviations deviations) {
        if (outcome.actual().has("crashed")) {
            return new Verdict(Verdict.Kind.FAILED, "crashed");
        }
        boolean equal = Comparison.holds(vector, outcome);
        Deviation marked = deviations.marked(vector);
        if (marked != null && !marked.isSame()) {
            // A deviation is proved: it must be there, and it must be the one in the table.
            return deviations.check(marked, vector, outcome)
                    ? new Verdict(equal ? Verdict.Kind.PASSED : Verdict.Kind.DEVIATING, "")
                    : new Verdict(Verdict.Kind.FAILED, "does not deviate as " + marked.quirk() + " says");
        }
        if (equal) {
            boolean found = marked == null || marked.findingIsReported(outcome);
            if (marked != null && found) {
                deviations.use(marked);
            }
            return found
                    ? new Verdict(Verdict.Kind.PASSED, "")
                    : new Verdict(Verdict.Kind.FAILED, "the finding of " + marked.quirk() + " is missing");
        }
        for (Deviation general : deviations.applying(vector, outcome)) {
            if (deviations.check(general, vector, outcome)) {
                return new Verdict(Verdict.Kind.DEVIATING, "");
            }
        }
        return new Verdict(
                Verdict.Kind.FAILED, "differs" + (vector.quirk() == null ? "" : " (" + vector.quirk() + ")"));
    }

    private static String shorten(JsonNode json) {
        String text = json.toString();
        return text.length() > 1500 ? text.substring(0, 1500) + "…" : text;
    }
}
