// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.error.PullException;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.image.ImageReference;
import dev.jpull.testdata.ConfigurationCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One broken token in a valid configuration of any dialect is an error or a finding, or changes nothing; never another endpoint in
 * silence.
 */
class MutationTest {
    private static final String REFUSED = "refused";

    @TempDir
    Path temporary;

    static Stream<ConfigurationCase> examples() {
        return Stream.of("examples.txt", "world.txt", "docker.txt", "k3s.txt", "containers.txt")
                .flatMap(name -> ConfigurationCase.bundled(name).stream())
                .filter(example -> example.files().keySet().stream().anyMatch(MutationTest::isText))
                .filter(example -> !example.expected("image").isEmpty())
                .filter(example -> !example.title().endsWith("refused"))
                .filter(MutationTest::hasNoError);
    }

    private static boolean hasNoError(ConfigurationCase example) {
        return example.expected("finding").stream().noneMatch(finding -> finding.startsWith("error"));
    }

    private static boolean isText(String file) {
        return MutatedLanguage.of(file) != null && !file.contains("_backup");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void aBrokenTokenIsNeverSilent(ConfigurationCase example) throws IOException {
        example.write(temporary);
        Path config = example.configuration(temporary);
        Set<String> known = findings(example, config);
        Map<String, String> endpoints = endpoints(example, config);
        List<String> silent = new ArrayList<>();
        for (String name : example.files().keySet()) {
            MutatedLanguage language = MutatedLanguage.of(name);
            if (language == null || !isText(name)) {
                continue;
            }
            Path path = temporary.resolve(name);
            String valid = Files.readString(path);
            for (String broken : language.mutationsOf(valid)) {
                Files.writeString(path, broken);
                if (!isNoticed(example, config, known, endpoints)) {
                    silent.add(broken);
                }
            }
            Files.writeString(path, valid);
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void everyLanguageIsMutated() {
        for (MutatedLanguage language : MutatedLanguage.values()) {
            long mutations = examples()
                    .flatMap(example -> example.files().entrySet().stream())
                    .filter(file -> MutatedLanguage.of(file.getKey()) == language)
                    .mapToLong(file -> language.mutationsOf(file.getValue()).size())
                    .sum();
            assertThat(mutations).as(language.name()).isGreaterThan(300);
        }
    }

    private boolean isNoticed(
            ConfigurationCase example, Path config, Set<String> known, Map<String, String> endpoints) {
        try {
            boolean same = endpoints(example, config).entrySet().stream()
                    .allMatch(after -> after.getValue().equals(endpoints.get(after.getKey()))
                            || after.getValue().equals(REFUSED));
            return same || !known.containsAll(findings(example, config));
        } catch (PullException e) {
            return true;
        }
    }

    private static Set<String> findings(ConfigurationCase example, Path config) {
        Set<String> codes = new HashSet<>();
        List<Finding> all = new ArrayList<>(HostsCheck.of(config));
        HostConfiguration configuration = new ConfigurationReader(HostDefaults.NONE).read(config);
        for (String image : example.expected("image")) {
            try {
                for (ImageReference meaning : configuration.meanings(image)) {
                    all.addAll(configuration.hostsFor(meaning).findings());
                }
            } catch (PullException e) {
                codes.add(REFUSED + " " + image);
            }
        }
        for (Finding finding : all) {
            codes.add(finding.code() + " " + finding.message());
        }
        return codes;
    }

    /** The endpoints that are asked for each image, in their order. */
    private Map<String, String> endpoints(ConfigurationCase example, Path config) {
        Map<String, String> all = new HashMap<>();
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .store(temporary.resolve("store"))
                .configuration(config)
                .build()) {
            for (String image : example.expected("image")) {
                all.put(image, endpoints(puller, image));
            }
        }
        return all;
    }

    private static String endpoints(ImagePuller puller, String image) {
        StringBuilder endpoints = new StringBuilder();
        try {
            HostsExplanation explanation = puller.explain(image);
            explanation.resolve().forEach(endpoint -> endpoints.append(meaning(endpoint)));
            explanation.pull().forEach(endpoint -> endpoints.append(meaning(endpoint)));
        } catch (PullException e) {
            return REFUSED;
        }
        return endpoints.toString();
    }

    /** Everything that decides how an endpoint is asked, and not where it was written. */
    private static String meaning(HostsExplanation.Endpoint endpoint) {
        RegistryHost host = endpoint.host().registryHost();
        return endpoint.url() + " " + host.tls() + " " + host.httpFallback() + " " + host.headers() + " "
                + host.dialTimeout() + " " + host.extensions() + "\n";
    }
}
