// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.Finding;
import dev.jpull.lint.Findings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that serve an image, or all images of one namespace.
 *
 * @param namespace the registry part of a reference, with its port as written
 * @param tried the directories or files that were looked for, in order, up to the one that was found
 * @param directory the directory or file that configures them, or null when nothing is configured
 * @param hosts the hosts in the order of requests
 * @param leftOut the hosts that the configuration has, but not for this image
 * @param findings what is suspicious in the configuration
 */
public record NamespaceHosts(
        String namespace,
        List<Path> tried,
        @Nullable Path directory,
        List<RegistryHost> hosts,
        List<LeftOut> leftOut,
        List<Finding> findings) {
    /** Copies the lists. */
    public NamespaceHosts {
        tried = List.copyOf(tried);
        hosts = List.copyOf(hosts);
        leftOut = List.copyOf(leftOut);
        findings = List.copyOf(findings);
    }

    /** Hosts that serve every image of the namespace. */
    public NamespaceHosts(
            String namespace,
            List<Path> tried,
            @Nullable Path directory,
            List<RegistryHost> hosts,
            List<Finding> findings) {
        this(namespace, tried, directory, hosts, List.of(), findings);
    }

    /** No hosts at all, for a call that asks none. */
    public static NamespaceHosts none(String namespace) {
        return new NamespaceHosts(namespace, List.of(), null, List.of(), List.of());
    }

    /**
     * A host that the configuration has, but not for this image.
     *
     * @param host the host
     * @param reason why it is never asked: a part of a sentence, such as {@code "the mirror is for digests alone"}
     */
    public record LeftOut(RegistryHost host, String reason) {}

    /** The same with a warning for each host where two rewrites rename a repository in different ways. */
    public NamespaceHosts withRewriteConflicts(String repository) {
        Findings all = new Findings(ContainerRuntime.K3S);
        all.addAll(findings);
        hosts.forEach(host -> RewriteConflict.report(host, repository, all));
        return new NamespaceHosts(namespace, tried, directory, hosts, leftOut, all.all());
    }

    /** The same without the implicit registry itself, so that mirrors are the only hosts. */
    public NamespaceHosts withoutImplied() {
        List<RegistryHost> written =
                hosts.stream().filter(host -> !host.implied()).toList();
        return new NamespaceHosts(namespace, tried, directory, written, leftOut, findings);
    }
}
