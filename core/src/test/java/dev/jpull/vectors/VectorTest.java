// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.credentials.CredentialVectors;
import dev.jpull.hosts.HostVectors;
import dev.jpull.http.TokenVectors;
import dev.jpull.testdata.Vector;
import dev.jpull.testdata.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
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

    @Test
    void everyVectorHoldsOrDeviatesOnPurpose() throws IOException {
        String directory = System.getProperty("jpull.vectors", "");
        judgeAll(directory.isEmpty() ? Vectors.bundled() : Vectors.in(directory(directory)));
    }

    /** Cases that were made up by the rules of the specification: default ports, IPv6, capitals, what cannot be a host. */
    @Test
    void everyCaseByRuleHoldsOrDeviatesOnPurpose() throws IOException {
        judgeAll(Vectors.in(Path.of("src/test/resources/dev/jpull/vectors")));
    }

    private void judgeAll(Map<String, List<Vector>> vectors) throws IOException {
        Map<String, Area> areas = areas();
        Deviations deviations = Deviations.load();
        List<String> failures = new ArrayList<>();
        System.out.printf("%-20s %8s %10s %8s%n", "area", "passed", "deviating", "failed");
        for (Map.Entry<String, List<Vector>> entry : vectors.entrySet()) {
            Area area = areas.get(entry.getKey());
            if (area == null) {
                String why = OF_THE_COMMAND.contains(entry.getKey())
                        ? "run by the tests of the command"
                        : deviations.whyLeftOut(entry.getKey());
                System.out.printf("%-20s %s%n", entry.getKey(), why);
                if (why.isEmpty()) {
                    failures.add("nothing runs the cases of " + entry.getKey());
                }
                continue;
            }
            int passed = 0;
            int deviating = 0;
            int failed = 0;
            for (Vector vector : entry.getValue()) {
                Outcome outcome = run(area, vector);
                Verdict verdict = judge(vector, outcome, deviations);
                switch (verdict.kind()) {
                    case PASSED -> passed++;
                    case DEVIATING -> deviating++;
                    case FAILED -> {
                        failed++;
                        failures.add(vector.id() + ": " + verdict.text() + "\n  input    " + shorten(vector.input())
                                + "\n  expected " + shorten(vector.expect()) + "\n  actual   "
                                + shorten(outcome.actual())
                                + " " + outcome.findings());
                    }
                }
            }
            System.out.printf("%-20s %8d %10d %8d%n", entry.getKey(), passed, deviating, failed);
        }
        deviations.print();
        assertThat(failures).as(String.join("\n", failures)).isEmpty();
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
