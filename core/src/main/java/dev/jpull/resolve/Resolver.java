// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.error.PullException;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpResponse;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.Failover;
import dev.jpull.registry.FailureClass;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.HostsExhausted;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.Phase;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.registry.RetryBudget;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Resolves a reference to its root (docs/containerd.md section 6). A tag is only asked of hosts that may resolve,
 * a digest of every host that may pull.
 */
public final class Resolver {
    private final ImageReference image;
    private final ImageEndpoints endpoints;
    private final Failover failover;
    private final Consumer<HttpResponse> responses;

    /**
     * A resolver for one image.
     *
     * @param responses sees every response, for the warnings in its headers
     */
    public Resolver(PullContext pull, Consumer<HttpResponse> responses) {
        this.image = pull.image();
        this.endpoints = pull.endpoints();
        this.failover = pull.failover();
        this.responses = responses;
    }

    /**
     * Asks for type, digest and size alone, as cheaply as the host allows: registries count no HEAD request against
     * their quota. A digest may also name a blob.
     *
     * @throws PullException if no host can resolve it
     */
    public ResolvedImage resolve() {
        Digest digest = image.digest();
        List<RegistryEndpoint> hosts = endpoints.forRoot(image);
        RetryBudget budget = new RetryBudget();
        try {
            return resolved(failover.first(Phase.RESOLVE, hosts, budget, this::head));
        } catch (HostsExhausted e) {
            boolean onlyMissing = e.failures().stream()
                    .noneMatch(failure ->
                            failure.attempt().status() > 0 && failure.attempt().status() != 404);
            if (digest != null && onlyMissing && !e.failures().isEmpty()) {
                return resolveBlob(hosts, digest, budget, e);
            }
            throw e.toPullException(image.toString());
        }
    }

    /**
     * Gets the manifest or index with one request, verifies it, and keeps it with the documents of the image.
     *
     * @throws PullException if no host has it
     */
    public ResolvedImage open(Documents documents) {
        try {
            // What a tag means is for the first host to say; a digest means the same everywhere.
            return resolved(
                    image.digest() == null
                            ? failover.first(
                                    Phase.RESOLVE,
                                    endpoints.forRoot(image),
                                    new RetryBudget(),
                                    (endpoint, within) -> get(endpoint, documents, within))
                            : failover.hedged(
                                    Phase.RESOLVE,
                                    endpoints.forRoot(image),
                                    new RetryBudget(),
                                    (endpoint, within) -> get(endpoint, documents, within),
                                    late -> {}));
        } catch (HostsExhausted e) {
            throw e.toPullException(image.toString());
        }
    }

    private ResolvedImage resolveBlob(
            List<RegistryEndpoint> hosts, Digest digest, RetryBudget budget, HostsExhausted manifests) {
        try {
            return resolved(failover.first(Phase.RESOLVE, hosts, budget, (endpoint, within) -> {
                try (HttpResponse response = endpoint.headBlob(image, digest, within)) {
                    responses.accept(response);
                    return new Descriptor(
                            new DocumentResponse(response).type(), digest, Math.max(0, response.declaredLength()));
                }
            }));
        } catch (HostsExhausted e) {
            throw (e.isNotFound() ? manifests : e).toPullException(image.toString());
        }
    }

    private static ResolvedImage resolved(Failover.Success<Descriptor> success) {
        return new ResolvedImage(success.value(), success.endpoint().origin());
    }

    private Descriptor head(RegistryEndpoint endpoint, Cancellation within) throws IOException, HostFailure {
        boolean headWorks = true;
        try (HttpResponse response = endpoint.headManifest(image, image.object(), within)) {
            responses.accept(response);
            Optional<Descriptor> described = describe(new DocumentResponse(response));
            if (described.isPresent()) {
                return described.get();
            }
        } catch (HostFailure e) {
            // A token server that responses 405 says nothing about HEAD.
            if (e.status() != 405 || e.failureClass() != FailureClass.REJECTED) {
                throw e;
            }
            headWorks = false;
        }
        try (HttpResponse response = endpoint.getManifest(image, image.object(), within)) {
            responses.accept(response);
            // Where there is no HEAD, the headers of the GET say as much; else the body has to.
            DocumentResponse said = new DocumentResponse(response);
            Optional<Descriptor> described = headWorks ? Optional.empty() : describe(said);
            return described.isPresent() ? described.get() : measured(said);
        }
    }

    /** Type, digest and size from the body. */
    private Descriptor measured(DocumentResponse response) throws IOException, HostFailure {
        byte[] content = response.read();
        response.refuseSchema1();
        Digest wanted = image.digest();
        return new Descriptor(response.type(), wanted != null ? wanted : Digest.sha256(content), content.length);
    }

    /** What the headers say, when they say enough. */
    private Optional<Descriptor> describe(DocumentResponse response) throws HostFailure {
        long length = response.response().declaredLength();
        response.refuseLength(length);
        Digest wanted = image.digest();
        if (length < 0) {
            return Optional.empty();
        }
        Optional<Digest> digest = wanted != null ? Optional.of(wanted) : response.digest();
        return digest.map(known -> new Descriptor(response.type(), known, length));
    }

    private Descriptor get(RegistryEndpoint endpoint, Documents documents, Cancellation within)
            throws IOException, HostFailure {
        VerifiedDocument root = VerifiedDocument.get(endpoint, image, within, responses);
        documents.keep(root);
        return root.descriptor();
    }
}
