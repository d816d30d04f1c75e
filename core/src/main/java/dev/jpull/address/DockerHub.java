// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import java.util.Set;

/** The names of Docker Hub, which has one for each use (docs/containerd.md sections 1.2 and 8.4). */
public final class DockerHub {
    /** The namespace in references, and the name of its configuration directory. */
    public static final String NAMESPACE = "docker.io";

    /** The host that serves the registry API. */
    public static final String API_HOST = "registry-1.docker.io";

    /** The host of the former registry, which references and credential files still name. */
    public static final String INDEX_HOST = "index.docker.io";

    /** The host of the token server. */
    public static final String TOKEN_HOST = "auth.docker.io";

    /** The key of its credentials in docker's config.json. */
    public static final String CREDENTIALS_KEY = "https://index.docker.io/v1/";

    private static final Set<String> REGISTRY_NAMES = Set.of(NAMESPACE, API_HOST, INDEX_HOST);

    private DockerHub() {}

    /** Whether a host is one of the names of the registry; compared as text. */
    public static boolean isRegistry(String host) {
        return REGISTRY_NAMES.contains(host);
    }

    /** The host that serves the registry API of a namespace that has no configuration: another name for Docker Hub alone. */
    public static String apiHost(String namespace) {
        return namespace.equals(NAMESPACE) ? API_HOST : namespace;
    }

    /** Whether two hosts are names of the same registry. */
    public static boolean sameRegistry(String one, String other) {
        return one.equals(other) || isRegistry(one) && isRegistry(other);
    }
}
