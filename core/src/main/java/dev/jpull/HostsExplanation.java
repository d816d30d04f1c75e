// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.finding.Finding;
import dev.jpull.hosts.RegistryHost;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What would be contacted for an image, and which file says so; found out without any contact.
 *
 * @param name the reference in full
 * @param namespace its registry, which decides about the configuration
 * @param tried the directories that were looked for, in order, up to the one that was found
 * @param directory the directory that configures the registry, or null
 * @param resolve the hosts that would be asked what the reference stands for, in order
 * @param pull the hosts that would be asked for content, in order
 * @param skipped the hosts that would not be asked, and why
 * @param findings what the owner of the configuration should know
 */
public record HostsExplanation(
        String name,
        String namespace,
        List<Path> tried,
        @Nullable Path directory,
        List<Endpoint> resolve,
        List<Endpoint> pull,
        List<Skipped> skipped,
        List<Finding> findings) {
    /** Copies the lists. */
    public HostsExplanation {
        tried = List.copyOf(tried);
        resolve = List.copyOf(resolve);
        pull = List.copyOf(pull);
        skipped = List.copyOf(skipped);
        findings = List.copyOf(findings);
    }

    /**
     * A host that would be asked.
     *
     * @param url the URL of the manifest, or that of blobs with {@code {digest}} in it
     * @param host the host with its settings
     * @param ca what its CA files say
     * @param client what its client certificates say
     * @param credentials where its credentials come from, or null when there are none
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
     * A host that would not be asked.
     *
     * @param host the host
     * @param reason for what it would not be asked, and why
     */
    public record Skipped(RegistryHost host, String reason) {}
}
