// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.diagnose.Explanation;
import dev.jpull.diagnose.HostsExplainer;
import dev.jpull.error.PullException;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.image.ImageReference;
import dev.jpull.testdata.ConfigurationCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each registries.conf of the table of cases means: the requests in their order, or why there are none. */
class ContainersCasesTest {
    @TempDir
    Path temporary;

    static Stream<ConfigurationCase> cases() {
        return ConfigurationCase.bundled("containers.txt").stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aConfigurationMeansWhatItMeansForPodman(ConfigurationCase configuration) throws IOException {
        configuration.write(temporary);
        ContainersHosts hosts =
                new ContainersHosts(RegistriesConfReader.read(ContainersFiles.beside(temporary)), HostDefaults.NONE);
        List<String> meaning = new ArrayList<>();
        for (String image : configuration.expected("image")) {
            meaning.add("image " + image);
            explain(hosts, image, meaning);
        }
        for (Finding finding : hosts.findings()) {
            meaning.add("finding " + finding.severity().name().toLowerCase(Locale.ROOT) + " " + finding.code() + " "
                    + relative(finding.position().toString()));
        }
        assertThat(meaning).containsExactlyElementsOf(configuration.expectations());
    }

    private void explain(ContainersHosts hosts, String image, List<String> meaning) {
        try {
            List<ImageReference> meanings = hosts.meanings(image);
            if (meanings.size() > 1) {
                meanings.forEach(each -> meaning.add("either " + each));
                return;
            }
            Explanation explanation = new HostsExplainer(hosts.credentials(), true)
                    .explain(meanings.get(0), hosts.hostsFor(meanings.get(0)));
            explanation.resolve().forEach(endpoint -> meaning.add("ask " + endpoint.url() + shown(endpoint.host())));
            explanation
                    .skipped()
                    .forEach(skipped ->
                            meaning.add("without " + skipped.host().host() + ": " + relative(skipped.reason())));
        } catch (PullException e) {
            meaning.add("refused " + relative(String.valueOf(e.getMessage())).replace("\n", " | "));
        }
    }

    private static String shown(RegistryHost host) {
        StringBuilder shown = new StringBuilder();
        host.tls().ca().forEach(file -> shown.append(" ca=").append(file.getFileName()));
        host.tls()
                .client()
                .forEach(pair ->
                        shown.append(" client=").append(pair.certificate().getFileName()));
        shown.append(host.tls().insecure() ? " unverified" : "");
        shown.append(host.httpFallback() ? " or-http" : "");
        shown.append(
                host.implied()
                        ? ""
                        : " " + host.source().line() + ":" + host.source().column());
        return shown.toString();
    }

    private String relative(String text) {
        return text.replace(temporary + "/", "");
    }
}
