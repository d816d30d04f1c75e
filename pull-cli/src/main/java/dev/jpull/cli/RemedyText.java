// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ProbeReport;
import dev.jpull.error.Remedy;
import dev.jpull.finding.Finding;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The options and commands that carry out the remedies of failures and findings. */
final class RemedyText {
    private static final Map<String, String> BY_FINDING = Map.of(
            "empty-server", "--no-upstream does so for one pull",
            "implied-upstream", "--no-upstream does so for one pull",
            "differs", "\"jpull hosts diff\" compares both",
            "hosts-toml-not-used", "--hosts-dir DIR names it",
            "url-user-info", "--user and --mirror-user supply them for one pull",
            "mirrors-beside-config-path", "\"jpull hosts convert\" writes them");

    private RemedyText() {}

    /** The option that carries out a remedy; empty when the message of the failure says all there is to do. */
    static Optional<String> of(Remedy remedy) {
        return switch (remedy) {
            case OTHER_STORE -> Optional.of("--store DIR selects another store");
            case REPAIR_STORE -> Optional.of("\"jpull store verify --repair\" repairs the store");
            case LIST_IMAGES -> Optional.of("\"jpull store ls\" lists the images in the store");
            case PULL_IMAGE -> Optional.of("\"jpull IMAGE\" without --offline pulls the image");
            case CHOOSE_PLATFORM -> Optional.of("--platform selects a platform");
            case TRUST_REALM -> Optional.of("--trust-realm HOST lets the token server HOST receive the credentials");
            case PLAIN_HTTP -> Optional.of("--plain-http uses plain HTTP for registries without host configuration");
            case CA_FILE -> Optional.of("--tlscacert FILE names the certificate authority");
            case CLIENT_CERTIFICATE -> Optional.of("--tlscert FILE and --tlskey FILE name the client certificate");
            case FOREIGN_URLS -> Optional.of("--allow-foreign-urls allows the request");
            case RAISE_LAYER_LIMIT -> Optional.of("--max-layer-size SIZE allows more uncompressed bytes");
            case REPLACE_CONTENT -> Optional.of("--force unpacks into it all the same");
            case SUPPLY_CREDENTIALS -> Optional.of("--user USER supplies credentials");
            case UPDATE_LOCK -> Optional.of("--update-lock IMAGE writes what the tag stands for now");
            case APPROXIMATE -> Optional.of("--approximate leaves out what cannot be written, or writes the nearest");
            case LOG_IN -> Optional.empty(); // CommandCredentials has put the options for the host into the message
        };
    }

    /** The remedy of a step of a probe, with the options that carry it out. */
    static String of(ProbeReport.Step step) {
        String options =
                step.remedies().stream().flatMap(remedy -> of(remedy).stream()).collect(Collectors.joining("; "));
        return step.remedy() + (options.isEmpty() ? "" : " (" + options + ")");
    }

    /** The remedy of a finding, with the option that carries it out. */
    static String of(Finding finding) {
        String option = BY_FINDING.get(finding.code());
        return finding.remedy() + (option == null ? "" : " (" + option + ")");
    }
}
