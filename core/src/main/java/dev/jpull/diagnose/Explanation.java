// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.finding.Finding;
import dev.jpull.hosts.RegistryHost;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration means for one image: the requests of a pull in their order, and the hosts without a request.
 *
 * @param name the complete reference
 * @param namespace the registry part of the reference, which selects the configuration
 * @param tried the directories that were looked for, in order, up to the one that was found
 * @param directory the directory that configures the namespace, or null
 * @param resolve the endpoints that resolve the reference, in order
 * @param pull the endpoints that serve content, in order
 * @param referrers the endpoints that say what refers to an image, in order
 * @param skipped the hosts without a request for one or both steps
 * @param findings what is suspicious in the configuration
 */
public record Explanation(
        String name,
        String namespace,
        List<Path> tried,
        @Nullable Path directory,
        List<Endpoint> resolve,
        List<Endpoint> pull,
        List<Endpoint> referrers,
        List<Skipped> skipped,
        List<Finding> findings) {
    /** Copies the lists. */
    public Explanation {
        tried = List.copyOf(tried);
        resolve = List.copyOf(resolve);
        pull = List.copyOf(pull);
        referrers = List.copyOf(referrers);
        skipped = List.copyOf(skipped);
        findings = List.copyOf(findings);
    }

    /**
     * A host with a request.
     *
     * @param url the URL of the manifest, or that of blobs or referrers with {@code {digest}} in it
     * @param host the host with its settings
     * @param ca a description of each CA file
     * @param client a description of each client certificate
     * @param credentials the source of its credentials, or null when there are none
     */
    public record Endpoint(
            String url,
            RegistryHost host,
            List<String> ca,
            List<String> client,
            @Nullable String credentials) {
        /** Copies the lists. */
        public Endpoint {
            ca = List.copyOf(ca);
            client = List.copyOf(client);
        }
    }

    /**
     * A host without a request.
     *
     * @param host the host
     * @param reason the step without a request, and why
     */
    public record Skipped(RegistryHost host, String reason) {}
}
