// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells hosts of one's own network from those of the world, by their names alone. */
public final class NetworkZone {
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+\\]");
    private static final List<String> PRIVATE_SUFFIXES = List.of(
            ".local",
            ".internal",
            ".lan",
            ".home.arpa",
            ".intranet",
            ".corp",
            ".home",
            ".private",
            ".localdomain",
            ".svc",
            ".test",
            ".localhost");
    private static final int CARRIER_NETWORK = 100;

    /** Registries that everybody pulls from. */
    private static final List<String> PUBLIC_REGISTRIES = List.of(
            "docker.io",
            "registry-1.docker.io",
            "index.docker.io",
            "quay.io",
            "ghcr.io",
            "gcr.io",
            "registry.k8s.io",
            "k8s.gcr.io",
            "public.ecr.aws",
            "mcr.microsoft.com",
            "registry.gitlab.com",
            "nvcr.io");

    private NetworkZone() {}

    /**
     * Whether a host is one of a private network as far as its name tells.
     *
     * @param host a host with an optional port
     */
    public static boolean isPrivate(String host) {
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        if (Localhost.isLocalhost(host)) {
            return true;
        }
        if (ADDRESS.matcher(name).matches()) {
            return isPrivateAddress(name);
        }
        return name.indexOf('.') < 0 || PRIVATE_SUFFIXES.stream().anyMatch(name::endsWith);
    }

    /** Whether a host is a registry that everybody pulls from. */
    public static boolean isPublicRegistry(String host) {
        return PUBLIC_REGISTRIES.contains(host);
    }

    /** Whether two hosts are the same registry: Docker Hub has several names. */
    public static boolean sameRegistry(String one, String other) {
        return one.equals(other) || isDockerHub(one) && isDockerHub(other);
    }

    private static boolean isDockerHub(String host) {
        return host.equals("docker.io") || host.equals("registry-1.docker.io") || host.equals("index.docker.io");
    }

    private static boolean isPrivateAddress(String address) {
        try {
            InetAddress parsed = InetAddress.getByName(address);
            byte[] bytes = parsed.getAddress();
            boolean local = parsed.isLoopbackAddress() || parsed.isLinkLocalAddress() || parsed.isSiteLocalAddress();
            if (parsed instanceof Inet4Address) {
                return local || bytes[0] == CARRIER_NETWORK && (bytes[1] & 0xC0) == 0x40;
            }
            return local || parsed instanceof Inet6Address && (bytes[0] & 0xFE) == 0xFC;
        } catch (UnknownHostException e) {
            return false; // not an address after all
        }
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
