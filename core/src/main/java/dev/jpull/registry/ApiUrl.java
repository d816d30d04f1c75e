// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.image.ImageReference;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import okhttp3.HttpUrl;

/** The URLs of the distribution API at a host (docs/containerd.md sections 4.5 and 5). */
public final class ApiUrl {
    private static final String DIGEST = "{digest}";

    private ApiUrl() {}

    /** The URL of a manifest or index, human-readable. */
    public static String manifest(RegistryHost host, String namespace, ImageReference image) {
        return of(base(host), host, namespace, image, "manifests", image.object())
                .toString();
    }

    /** The URL of blobs, with {@code {digest}} where the digest comes, human-readable. */
    public static String blob(RegistryHost host, String namespace, ImageReference image) {
        return withPlaceholder(of(base(host), host, namespace, image, "blobs", DIGEST));
    }

    /** The URL of lists of referrers, with {@code {digest}} where the digest comes, human-readable. */
    public static String referrers(RegistryHost host, String namespace, ImageReference image) {
        return withPlaceholder(of(base(host), host, namespace, image, "referrers", DIGEST));
    }

    private static String withPlaceholder(HttpUrl url) {
        return url.toString().replace("%7Bdigest%7D", DIGEST);
    }

    /** The URL that says whether there is an API: up to its {@code /v2/}, where the path has that. */
    static HttpUrl api(HttpUrl base, RegistryHost host) {
        String path = host.path() + "/";
        int end = path.indexOf("/v2/");
        return base.newBuilder()
                .encodedPath((end < 0 ? path : path.substring(0, end + "/v2/".length())).replaceAll("/+", "/"))
                .build();
    }

    /** The URL of some content; {@code ns} names the registry that a proxy stands in for. */
    static HttpUrl of(
            HttpUrl base, RegistryHost host, String namespace, ImageReference image, String kind, String object) {
        HttpUrl.Builder url = base.newBuilder();
        for (String segment : (host.path() + "/" + host.repository(image.path())).split("/")) {
            if (!segment.isEmpty()) {
                url.addPathSegment(segment);
            }
        }
        url.addPathSegment(kind).addPathSegment(object);
        if (host.isTold(namespace)) {
            url.addEncodedQueryParameter("ns", URLEncoder.encode(namespace, StandardCharsets.UTF_8));
        }
        return url.build();
    }

    private static HttpUrl base(RegistryHost host) {
        HttpUrl base = HttpUrl.parse(host.origin());
        if (base == null) {
            throw new ConfigurationException(
                    host.source() + ": \"" + host.host() + "\" is not a host that can be contacted: correct its name");
        }
        return base;
    }
}
