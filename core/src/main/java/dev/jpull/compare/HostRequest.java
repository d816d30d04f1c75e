// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compare;

import dev.jpull.address.Authority;
import dev.jpull.address.DockerHub;
import dev.jpull.credentials.Credential;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.EndpointOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A host as it is asked for one image.
 *
 * @param host the host with its settings
 * @param image the image
 * @param repository the name of the repository at the host
 * @param ca the identities of its CA files
 * @param client the identities of its client certificates and keys
 * @param credential the credential that the configuration has for it
 */
record HostRequest(
        RegistryHost host,
        ImageReference image,
        String repository,
        Set<String> ca,
        Set<String> client,
        Optional<Credential> credential) {
    /** How a connection is protected, the strongest first. */
    enum Protection {
        TLS,
        TLS_OR_HTTP,
        HTTP
    }

    Protection protection() {
        if (host.httpFallback()) {
            return Protection.TLS_OR_HTTP;
        }
        return host.scheme().equals("https") ? Protection.TLS : Protection.HTTP;
    }

    /** Whether TLS is used without a look at the certificate. */
    boolean unverified() {
        return protection() != Protection.HTTP && host.tls().insecure();
    }

    boolean resolvesTags() {
        return EndpointOrder.TAGS.admits(host);
    }

    boolean servesContent() {
        return EndpointOrder.CONTENT.admits(host);
    }

    boolean servesReferrers() {
        return EndpointOrder.REFERRERS.admits(host);
    }

    boolean namesNamespace() {
        return host.isTold(image.domain());
    }

    /** The host in lower case, without the port that its scheme implies. */
    String authority() {
        Authority authority = Authority.of(host.host().toLowerCase(Locale.ROOT));
        boolean implied = authority.hasPort(protection() == Protection.HTTP ? 80 : 443);
        return implied ? authority.host() : authority.toString();
    }

    /** Where requests go, without their scheme: two hosts with the same location serve the same content. */
    String location() {
        List<String> segments = new ArrayList<>();
        for (String segment : (host.path() + "/" + repository).split("/")) {
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return authority() + "/" + String.join("/", segments);
    }

    /** Whether it is the registry that the image is named after. */
    boolean isRegistryItself() {
        return DockerHub.sameRegistry(authority(), image.apiHost());
    }

    /** The address in a form that is the same for all images of a scope: an ellipsis stands for the name of the repository. */
    String address() {
        if (isRegistryItself() && image.domain().equals(SampleReferences.ANY_REGISTRY)) {
            return "the registry itself";
        }
        String path = host.path().equals("/v2") ? "" : host.path();
        return origin() + path + renaming();
    }

    /** The scheme and the host as they are written in a configuration. */
    String origin() {
        return (host.httpFallback() ? "http" : host.scheme()) + "://" + host.host();
    }

    /** What a repository is called at the host, where that is another name: {@code /team/…} for {@code team/app} of app. */
    private String renaming() {
        if (repository.equals(image.path())) {
            return "";
        }
        String[] there = repository.split("/");
        String[] here = image.path().split("/");
        int same = 0;
        while (same < Math.min(there.length, here.length)
                && there[there.length - 1 - same].equals(here[here.length - 1 - same])) {
            same++;
        }
        List<String> kept = new ArrayList<>(List.of(there).subList(0, there.length - same));
        if (same > 0) {
            kept.add("…");
        }
        return " as " + String.join("/", kept);
    }
}
