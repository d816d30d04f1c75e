// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.address.DockerHub;
import java.util.Set;

/** Registries on the public internet that most clusters pull from. */
final class PublicRegistries {
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

    static boolean contains(String host) {
        return DockerHub.isRegistry(host) || OTHERS.contains(host);
    }
}
