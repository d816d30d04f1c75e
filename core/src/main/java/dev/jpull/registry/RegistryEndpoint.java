// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.hosts.RegistryHost;
import dev.jpull.http.Cancellation;
import dev.jpull.http.ConnectionProbe;
import dev.jpull.http.HttpEndpoint;
import dev.jpull.http.HttpResponse;
import dev.jpull.http.OverdueException;
import dev.jpull.http.Redaction;
import dev.jpull.http.RegistryCall;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Speaks the distribution API to one host, for one namespace (distribution-spec "Pull"; docs/containerd.md sections 5
 * to 7). Safe for use by several threads.
 */
public final class RegistryEndpoint {
    private static final String ANY_MANIFEST =
            MediaType.MANIFESTS_AND_INDEXES.stream().map(MediaType::value).collect(Collectors.joining(", ")) + ", */*";

    /** As many as registries give on one page. */
    private static final String TAGS_PER_PAGE = "1000";

    private final HttpEndpoint http;
    private final String namespace;
    private final boolean failoverPossible;

    /** An endpoint for the images of a namespace. */
    public RegistryEndpoint(HttpEndpoint http, String namespace) {
        this(http, namespace, false);
    }

    private RegistryEndpoint(HttpEndpoint http, String namespace, boolean failoverPossible) {
        this.http = http;
        this.namespace = namespace;
        this.failoverPossible = failoverPossible;
    }

    /** The same endpoint for a request that another host can serve: time limits that the configuration does not set are short. */
    RegistryEndpoint failoverPossible() {
        return new RegistryEndpoint(http, namespace, true);
    }

    /** Whether it is the same endpoint, apart from its time limits. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RegistryEndpoint endpoint
                && endpoint.http.equals(http)
                && endpoint.namespace.equals(namespace);
    }

    @Override
    public int hashCode() {
        return http.hashCode();
    }

    /** The host behind the endpoint. */
    public RegistryHost host() {
        return http.host();
    }

    /** The origin as it is really contacted. */
    public String origin() {
        return http.origin();
    }

    /** Masks the secrets in use in the text of the host. */
    public SecretMask mask() {
        return http.mask();
    }

    /** Whether the host has answered a request so far, with any status. */
    boolean hasAnswered() {
        return http.hasAnswered();
    }

    /** A notice about the host, once. */
    public Optional<String> takeNotice() {
        return http.takeNotice();
    }

    /** Asks for a manifest or index without its body. */
    public HttpResponse headManifest(ImageReference image, String object, Cancellation cancellation)
            throws IOException, HostFailure {
        return send("HEAD", url(image, "manifests", object), ANY_MANIFEST, null, image, cancellation);
    }

    /** Asks for the manifest or index behind a tag or digest. */
    public HttpResponse getManifest(ImageReference image, String object, Cancellation cancellation)
            throws IOException, HostFailure {
        return send("GET", url(image, "manifests", object), ANY_MANIFEST, null, image, cancellation);
    }

    /** Asks for the manifest or index that a descriptor names. */
    public HttpResponse getManifest(ImageReference image, Digest digest, MediaType type, Cancellation cancellation)
            throws IOException, HostFailure {
        return send("GET", url(image, "manifests", digest.toString()), type + ", */*", null, image, cancellation);
    }

    /** Asks for a blob without its body. */
    public HttpResponse headBlob(ImageReference image, Digest digest, Cancellation cancellation)
            throws IOException, HostFailure {
        return send("HEAD", url(image, "blobs", digest.toString()), ANY_MANIFEST, null, image, cancellation);
    }

    /**
     * Asks for a blob, or a part of it. The answer may be the whole blob all the same.
     *
     * @param range the bytes that are wanted, as {@code bytes=…}, or null for all
     */
    public HttpResponse getBlob(
            ImageReference image, Digest digest, MediaType type, @Nullable String range, Cancellation cancellation)
            throws IOException, HostFailure {
        return send("GET", url(image, "blobs", digest.toString()), type + ", */*", range, image, cancellation);
    }

    /**
     * Asks for a blob where its author says that it is, instead of at the host.
     *
     * @param location one of the {@code urls} of its descriptor
     * @param range the bytes that are wanted, as {@code bytes=…}, or null for all
     */
    public HttpResponse getForeignBlob(
            ImageReference image, Digest digest, String location, @Nullable String range, Cancellation cancellation)
            throws IOException, HostFailure {
        HttpUrl url = url(image, "blobs", digest.toString());
        RegistryCall call = new RegistryCall("GET", url, "*/*", range, "", failoverPossible);
        try {
            return successful(http.executeForeign(call, location, cancellation));
        } catch (IOException e) {
            throw HostFailure.of(e, Redaction.of(url));
        }
    }

    /** The list of the tags of a repository. */
    PagedList tags(ImageReference image) {
        HttpUrl first = url(image, "tags", "list")
                .newBuilder()
                .addQueryParameter("n", TAGS_PER_PAGE)
                .build();
        return new PagedList(this, image, first, "application/json");
    }

    /** The list of what refers to a manifest or index. */
    PagedList referrers(ImageReference image, Digest subject) {
        return new PagedList(this, image, url(image, "referrers", subject.toString()), MediaType.OCI_INDEX.value());
    }

    /** Asks for a page of a list. */
    HttpResponse getPage(ImageReference image, HttpUrl page, String accept, Cancellation cancellation)
            throws IOException, HostFailure {
        return send("GET", page, accept, null, image, cancellation);
    }

    /** Makes a connection of its own, to see how that goes. */
    public ConnectionProbe connectionProbe() {
        return http.connectionProbe();
    }

    /** Asks for the root of the API, without credentials. */
    public ApiResponse getApi(Cancellation cancellation) throws IOException {
        try (HttpResponse response = http.ask(ApiUrl.api(http.base(), host()), cancellation)) {
            return ApiResponse.of(response);
        }
    }

    private HttpUrl url(ImageReference image, String kind, String object) {
        return ApiUrl.of(http.base(), host(), namespace, image, kind, object);
    }

    private HttpResponse send(
            String method,
            HttpUrl url,
            String accept,
            @Nullable String range,
            ImageReference image,
            Cancellation cancellation)
            throws IOException, HostFailure {
        HttpResponse response;
        try {
            response = http.execute(
                    new RegistryCall(method, url, accept, range, host().repository(image.path()), failoverPossible),
                    cancellation);
        } catch (IOException e) {
            throw HostFailure.of(e, Redaction.of(url)).explained(http);
        }
        try {
            return successful(response);
        } catch (HostFailure e) {
            throw response.isOfTheHost() ? e.explained(http) : e.ofAnotherOrigin(response.origin());
        }
    }

    private static HttpResponse successful(HttpResponse response) throws HostFailure {
        if (response.isSuccessful()) {
            return response;
        }
        try (response) {
            throw refusal(response, RegistryErrors.describe(response), null);
        } catch (OverdueException e) {
            throw refusal(response, "status " + response.status() + ", and " + e.getMessage(), e);
        }
    }

    private static HostFailure refusal(HttpResponse response, String reason, @Nullable OverdueException cause) {
        return new HostFailure(
                FailureClass.ofStatus(response.status()),
                response.status(),
                response.shownUrl(),
                reason,
                RetryAfter.parse(response.header("Retry-After"), Instant.now()),
                cause);
    }
}
