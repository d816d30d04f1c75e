// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.address.DockerHub;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostEntry;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.lint.Findings;
import java.util.List;
import java.util.Set;

/**
 * Hosts in a hosts.toml that are the registry itself, and the names of Docker Hub that serve no registry
 * (docs/containerd.md section 4.1).
 */
final class OwnRegistryLint {
    private static final Set<String> WEB_SITES =
            Set.of(DockerHub.NAMESPACE, "www.docker.io", "hub.docker.com", "docker.com", "www.docker.com");
    private static final String API_URL = "https://" + DockerHub.API_HOST;

    private final String namespace;
    private final Findings findings;

    OwnRegistryLint(String namespace, Findings findings) {
        this.namespace = namespace;
        this.findings = findings;
    }

    /**
     * Reviews the hosts of a file.
     *
     * @param mirrors its {@code [host."…"]} tables
     * @param server its server, without a host when it has none
     */
    void review(List<HostEntry> mirrors, HostEntry server) {
        for (HostEntry mirror : mirrors) {
            reviewDockerHub(mirror.host(), mirror.provenance().host(), "the [host.\"…\"]", findings);
            reviewOwn(mirror, server);
        }
        reviewDockerHub(server.host(), server.provenance().host(), "\"server\"", findings);
    }

    /** docker.io is a name in references; as the address of a host it is a web site. */
    static void reviewDockerHub(String host, SourcePosition position, String what, Findings findings) {
        if (WEB_SITES.contains(host.replaceFirst(":443$", ""))) {
            findings.warning(
                    "docker-io-host",
                    position,
                    what + " names https://" + host
                            + ", which is a web site and serves no registry: a request that comes to" + " it fails",
                    "puts " + DockerHub.API_HOST
                            + " in place of docker.io only where no host is written; it asks this one as"
                            + " it is written, and fails",
                    "write " + API_URL
                            + ", or remove it: without \"server\", Docker Hub is asked after the other hosts");
        }
    }

    /** Without a server, the registry is asked after all hosts, also when it is one of them. */
    private void reviewOwn(HostEntry mirror, HostEntry server) {
        boolean implied = server.host().isEmpty() && !namespace.equals(HostsDirectory.DEFAULT);
        if (!implied
                || !mirror.host().equals(DockerHub.apiHost(namespace))
                || !mirror.path().equals("/v2")) {
            return;
        }
        boolean hasSettings = mirror.tlsConfigured() || !mirror.headers().isEmpty();
        findings.info(
                "host-is-the-registry",
                mirror.provenance().host(),
                mirror.host() + " is the registry itself, which is asked once more after the hosts of this file"
                        + (hasSettings ? ", then without the TLS settings and headers of this one" : ""),
                "asks it twice",
                "write server = \"" + mirror.scheme() + "://" + mirror.host()
                        + "\" and its settings at the top of the file, in place of this table");
    }
}
