// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.ReferenceException;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.image.ImageReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The registry configuration of a container runtime: which hosts serve an image, in which order, and how they are
 * contacted. Each dialect has its implementation. Implementations are safe for use by several threads.
 */
public interface HostConfiguration {
    /** The scope of a rule for all registries that have no rule of their own. */
    String ALL = "*";

    /** The end of a scope for the ports of a registry that have no rules of their own, such as {@code quay.io:*}. */
    String OTHER_PORTS = ":*";

    /**
     * The hosts for an image, in the order in which the runtime asks them.
     *
     * @throws ConfigurationException if the configuration of this image cannot be used, or forbids it; it is never skipped
     */
    NamespaceHosts hostsFor(ImageReference image);

    /**
     * The images that a reference may mean, in the order of preference: one, unless it names no registry and the runtime looks
     * for it in several. The default is that of docker and the CRI, for which such a name is one of Docker Hub.
     *
     * @param image the reference as it was given
     * @throws ReferenceException if it is none, or means nothing in this configuration
     */
    default List<ImageReference> meanings(String image) {
        return List.of(ImageReference.parse(image));
    }

    /** Names without a registry, tag and digest that have a meaning of their own, and where each of them is written. */
    default Map<String, SourcePosition> aliases() {
        return Map.of();
    }

    /**
     * What has rules of its own: registries such as {@code docker.io}, repositories and their beginnings such as {@code
     * quay.io/app}, domains such as {@code *.example}, each of these registries or domains with {@link #OTHER_PORTS} when its
     * rules are also those of its ports, and {@link #ALL}. Every image for which the hosts are not those of an empty
     * configuration is in one of them.
     *
     * @throws ConfigurationException if a directory cannot be listed
     */
    Set<String> scopes();

    /** How many blobs are downloaded at once, 0 for no limit; empty when the configuration does not say. */
    default OptionalInt concurrentDownloads() {
        return OptionalInt.empty();
    }

    /** How long a pull may make no progress, zero for no limit; empty when the configuration has no such limit. */
    default Optional<Duration> progressTimeout() {
        return Optional.empty();
    }

    /** The credentials that the configuration itself has, by host. */
    CredentialSource credentials();

    /**
     * What is wrong or suspicious in the files, whatever image is pulled; files that are read for each image anew have
     * their findings in {@link NamespaceHosts}. With an error among them, no image can be pulled.
     */
    List<Finding> findings();
}
