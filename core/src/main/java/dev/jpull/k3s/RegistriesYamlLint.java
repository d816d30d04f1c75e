// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import dev.jpull.address.Authority;
import dev.jpull.address.DockerHub;
import dev.jpull.hosts.HostEntry;
import dev.jpull.lint.Findings;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reports what a registries.yaml says without effect, or with another one than it seems. For use by one thread. */
final class RegistriesYamlLint {
    private final RegistriesYaml file;
    private final Findings findings;
    private final Map<String, List<HostEntry>> generated;
    private final boolean mirrorsAll;

    RegistriesYamlLint(RegistriesYaml file, Findings findings) {
        this.file = file;
        this.findings = findings;
        this.generated = GeneratedHosts.of(file);
        RegistriesYaml.Mirror all = file.mirrors().get(RegistriesYaml.ALL);
        this.mirrorsAll = all != null && !all.endpoints().isEmpty();
    }

    void review() {
        file.mirrors().forEach(this::reviewMirror);
        file.configs().forEach(this::reviewConfig);
    }

    /** An endpoint may be there, below a key that is not read. */
    private boolean hasMisspeltKey() {
        return findings.all().stream().anyMatch(finding -> finding.code().equals("misspelt-key"));
    }

    private void reviewMirror(String name, RegistriesYaml.Mirror mirror) {
        reviewEndpoints(name, mirror);
        if (mirrorsAll && !generated.containsKey(name)) {
            findings.warning(
                    "all-apply",
                    mirror.position(),
                    "the entry of \"" + name
                            + "\" says nothing but the registry itself, so that the mirrors of \"*\" are used",
                    "drops the entry",
                    "remove it, or write the registry in another form, such as " + otherForm(name));
        } else if (mirror.endpoints().isEmpty() && !hasMisspeltKey()) {
            findings.info(
                    "no-endpoint",
                    mirror.position(),
                    "\"" + name + "\" has no mirror: the entry is for the embedded registry, which jpull cannot use",
                    "asks the embedded registry first when that is enabled",
                    "nothing has to be done; other mirrors are written below endpoint");
        }
        if (mirror.endpoints().isEmpty() && !mirror.rewrites().isEmpty()) {
            findings.warning(
                    "rewrite-without-mirror",
                    mirror.position(),
                    "the rewrites of \"" + name + "\" have no effect, because there is no endpoint",
                    "asks the registry itself, without them",
                    "write an endpoint that is not the registry itself");
        }
    }

    private void reviewEndpoints(String name, RegistriesYaml.Mirror mirror) {
        Optional<String> own = GeneratedHosts.own(name).map(Endpoint::url);
        List<Endpoint> endpoints = mirror.endpoints();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            boolean last = i + 1 == endpoints.size();
            if (!seen.add(endpoint.url())) {
                findings.warning(
                        "duplicate-endpoint",
                        endpoint.position(),
                        "the endpoint " + endpoint.url() + " is there already",
                        "logs a line, and asks it once",
                        "remove it");
            } else if (own.isPresent() && own.get().equals(endpoint.url())) {
                reviewOwn(name, mirror, endpoint, last);
            }
        }
    }

    private void reviewOwn(String name, RegistriesYaml.Mirror mirror, Endpoint endpoint, boolean last) {
        if (!last) {
            findings.warning(
                    "own-endpoint",
                    endpoint.position(),
                    "this is \"" + name + "\" itself, which is asked last as well",
                    "asks it twice",
                    "remove it, or move it to the end");
        } else if (!mirror.rewrites().isEmpty()) {
            findings.warning(
                    "rewrite-without-mirror",
                    endpoint.position(),
                    "this is \"" + name + "\" itself, where no rewrite applies",
                    "asks it without them",
                    "write the address in another form, such as " + otherForm(name) + ", to have them");
        }
    }

    /** An address of the registry itself that k3s does not take for it. */
    private static String otherForm(String name) {
        String host = DockerHub.apiHost(name);
        return "https://" + host + (Authority.of(host).hasPort() ? "/v2/" : ":443");
    }

    private void reviewConfig(String name, RegistriesYaml.Config config) {
        if (name.equals(RegistriesYaml.ALL)) {
            reviewSettingsOfAll(config);
        } else if (hidesAll(name)) {
            findings.warning(
                    "hides-all",
                    config.position(),
                    "because of these settings \"" + name + "\" has an entry of its own, without the mirrors of \"*\"",
                    "asks the registry itself",
                    "list the mirrors for it as well");
        }
        boolean known = file.configs()
                        .getOrDefault(DockerHub.API_HOST, RegistriesYaml.Config.NONE)
                        .auth()
                != null;
        if (name.equals(DockerHub.NAMESPACE) && config.auth() != null && !known) {
            findings.warning(
                    "docker-hub-auth",
                    config.auth().position(),
                    "the credentials of Docker Hub are for " + DockerHub.API_HOST
                            + ", its host, and these are not used",
                    "pulls from it without credentials",
                    "write them below \"" + DockerHub.API_HOST + "\"");
        }
    }

    private void reviewSettingsOfAll(RegistriesYaml.Config config) {
        if (config.auth() != null) {
            findings.warning(
                    "auth-of-all",
                    config.auth().position(),
                    "credentials of \"*\" are for no host",
                    "pulls without credentials",
                    "write them below each host");
        }
        if (config.tls() != null && file.mirrors().containsKey(RegistriesYaml.ALL)) {
            findings.warning(
                    "tls-of-all",
                    config.position(),
                    "TLS settings of \"*\" have no effect beside mirrors of \"*\": neither the mirrors nor the registries have them",
                    "drops them",
                    "write them below each host");
        }
    }

    /** Whether the settings alone take a registry away from the mirrors for all, and it is none of the mirrors. */
    private boolean hidesAll(String name) {
        return mirrorsAll
                && generated.containsKey(name)
                && !file.mirrors().containsKey(name)
                && !name.equals(DockerHub.API_HOST)
                && file.mirrors().values().stream()
                        .flatMap(mirror -> mirror.endpoints().stream())
                        .noneMatch(endpoint -> endpoint.registry().equals(name));
    }
}
