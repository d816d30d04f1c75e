// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.ReferenceException;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reviews a configuration of any dialect by the hosts that it gives to the images in its scopes. */
final class DialectLint {
    private static final int MAX_SCOPES = 10_000;
    /** A registry for which there is no rule; what is found for it alone is of no use to a reader. */
    private static final String ANY = "registry.invalid";

    private static final String NAME = "/name:tag";

    private final HostConfiguration configuration;
    private final Findings findings;
    private final Set<SourcePosition> reviewed = new HashSet<>();

    DialectLint(HostConfiguration configuration, Findings findings) {
        this.configuration = configuration;
        this.findings = findings;
    }

    /** Adds what is found; returns the hosts that the configuration has, as far as it can be used. */
    List<RegistryHost> review() {
        findings.addAll(configuration.findings());
        if (configuration.findings().stream().anyMatch(Finding::isError)) {
            return List.of();
        }
        Set<RegistryHost> hosts = new LinkedHashSet<>();
        List<String> scopes = configuration.scopes().stream().limit(MAX_SCOPES).toList();
        Map<String, SourcePosition> positions = new HashMap<>();
        for (String scope : scopes) {
            hostsOf(scope).ifPresent(given -> {
                findings.addAll(given.findings().stream()
                        .filter(finding -> !finding.message().contains(ANY))
                        .toList());
                given.hosts().stream().findFirst().ifPresent(first -> positions.put(scope, first.source()));
                reviewRepeated(scope, given.hosts());
                given.hosts().forEach(this::reviewPath);
                hosts.addAll(given.hosts());
                given.leftOut().forEach(left -> hosts.add(left.host()));
            });
        }
        reviewNames(scopes, positions);
        return new ArrayList<>(hosts);
    }

    /** The hosts for an image in a scope; empty when there can be no such image, or it is blocked. */
    private Optional<NamespaceHosts> hostsOf(String scope) {
        String registry = scope.equals(HostConfiguration.ALL) ? ANY : scope.replaceFirst("^\\*\\.", "any.");
        try {
            return Optional.of(configuration.hostsFor(ImageReference.parse(registry + NAME)));
        } catch (ReferenceException | ConfigurationException e) {
            return Optional.empty(); // its reader has said why
        }
    }

    private void reviewNames(List<String> scopes, Map<String, SourcePosition> positions) {
        positions.forEach((scope, position) -> {
            if (position.file() != null) {
                PortLint.review(scope.replaceFirst("/.*", ""), position, findings);
            }
        });
        LetterCase.twins(scopes).forEach((name, other) -> {
            SourcePosition position = positions.get(name);
            if (position != null) {
                LetterCase.report(name, other, position, findings);
            }
        });
    }

    /** A path without /v2 is the beginning of no request that a registry serves: k3s adds /v2 to an empty path alone. */
    private void reviewPath(RegistryHost host) {
        if (host.source().file() == null || !reviewed.add(host.source())) {
            return;
        }
        OwnRegistryLint.reviewDockerHub(host.host(), host.source(), "the endpoint", findings);
        if (!(host.path() + "/").contains("/v2/")) {
            findings.warning(
                    "no-v2-in-path",
                    host.source(),
                    "nothing adds /v2 to the path of an endpoint: requests go to " + host.origin()
                            + host.path().replaceFirst("/$", "") + "/REPOSITORY/manifests/TAG",
                    "does the same; where a project is meant, its registry answers 404",
                    "write the path as the registry has it, such as " + host.origin() + "/v2" + host.path());
        }
    }

    /** A mirror that is the registry itself. */
    private void reviewRepeated(String scope, List<RegistryHost> hosts) {
        for (int i = 0; i < hosts.size(); i++) {
            RegistryHost host = hosts.get(i);
            hosts.subList(0, i).stream()
                    .filter(each -> isSame(each, host) && each.source().file() != null)
                    .findFirst()
                    .ifPresent(first -> reportRepeated(scope, first, host));
        }
    }

    private void reportRepeated(String scope, RegistryHost first, RegistryHost second) {
        if (findings.all().stream().anyMatch(finding -> finding.position().equals(first.source()))) {
            return; // its reader has reported it, with a remedy for this dialect
        }
        findings.info(
                "host-is-the-registry",
                first.source(),
                first.origin() + " is asked twice for images of " + scope
                        + (second.implied() ? ": it is the registry itself, which is asked last" : ""),
                "asks it twice",
                "remove it from the mirrors");
    }

    private static boolean isSame(RegistryHost one, RegistryHost other) {
        return one.origin().equals(other.origin())
                && one.path().equals(other.path())
                && one.extensions().renames().equals(other.extensions().renames());
    }
}
