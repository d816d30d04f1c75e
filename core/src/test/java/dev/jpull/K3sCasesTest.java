// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.testdata.ConfigurationCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a registries.yaml means, and what is found in it. */
class K3sCasesTest {
    @TempDir
    Path temporary;

    static Stream<ConfigurationCase> cases() {
        return ConfigurationCase.bundled("k3s.txt").stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void meansWhatK3sMakesOfIt(ConfigurationCase each) throws IOException {
        each.write(temporary);
        Path file = temporary.resolve("registries.yaml");
        List<Finding> findings =
                new ConfigurationReader(HostDefaults.NONE).readWithErrors(file).findings();
        List<String> meaning = new ArrayList<>();
        if (findings.stream().anyMatch(Finding::isError)) {
            assertThatThrownBy(() -> puller(file)).isInstanceOf(ConfigurationException.class);
        } else {
            try (ImagePuller puller = puller(file)) {
                each.expected("image").forEach(image -> explain(puller.explain(image), image, meaning));
            }
        }
        findings.forEach(finding -> meaning.add("finding "
                + finding.severity().name().toLowerCase(Locale.ROOT) + " " + finding.code() + " "
                + temporary.relativize(Path.of(finding.position().toString()))));
        assertThat(meaning).containsExactlyElementsOf(each.expectations());
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.remedy()).isNotEmpty();
            assertThat(finding.behaviour()).isNotEmpty();
            assertThat(finding.runtime().label()).isEqualTo("k3s");
            assertThat(finding.toString()).doesNotContain("hunter2");
        });
    }

    @Test
    void theTableHasEveryKindOfCase() {
        assertThat(cases().filter(each -> each.expected("image").isEmpty())).hasSizeGreaterThan(20);
        assertThat(cases().filter(each -> !each.expected("image").isEmpty())).hasSizeGreaterThan(40);
    }

    private ImagePuller puller(Path file) {
        return ImagePuller.builder()
                .environment(Map.of())
                .configuration(file)
                .store(temporary.resolve("store"))
                .build();
    }

    private static void explain(HostsExplanation explanation, String image, List<String> meaning) {
        meaning.add("image " + image);
        explanation.resolve().forEach(endpoint -> meaning.add("resolve " + ExplainTest.shown(endpoint)));
        assertThat(explanation.pull())
                .extracting(HostsExplanation.Endpoint::url)
                .as("content comes from the hosts that resolve tags")
                .containsExactlyElementsOf(explanation.resolve().stream()
                        .map(endpoint -> endpoint.url().replaceFirst("/manifests/[^?]*", "/blobs/{digest}"))
                        .toList());
    }
}
