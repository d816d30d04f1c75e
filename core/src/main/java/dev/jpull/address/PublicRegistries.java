// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import java.util.Set;

/** Registries on the public internet that most clusters pull from. */
public final class PublicRegistries {
    private static final Set<String> OTHERS = Set.of(
            "quay.io",
            "ghcr.io",
            "gcr.io",
            "registry.k8s.io",
            "k8s.gcr.io",
            "public.ecr.aws",
            "mcr.microsoft.com",
            "registry.gitlab.com",
            "nvcr.io");

    private PublicRegistries() {}

    /** Whether a host is one of them, or a name of Docker Hub; compared as text. */
    public static boolean contains(String host) {
        return DockerHub.isRegistry(host) || OTHERS.contains(host);
    }
}
