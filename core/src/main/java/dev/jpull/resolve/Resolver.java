// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.error.PullException;
import dev.jpull.http.CallScope;
import dev.jpull.http.HttpAnswer;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.Failover;
import dev.jpull.registry.FailureClass;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.HostsExhausted;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.registry.RetryBudget;
import dev.jpull.store.ImageStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds out what a reference stands for (spec section 6). A tag is only asked of hosts that may resolve, a digest of all
 * that may pull.
 */
public final class Resolver {
    private final ImageReference image;
    private final ImageEndpoints endpoints;
    private final Failover failover;
    private final CallScope scope;
    private final Consumer<HttpAnswer> answers;

    /**
     * A resolver for one image.
     *
     * @param answers sees every answer, for the warnings in its headers
     */
    public Resolver(
            ImageReference image,
            ImageEndpoints endpoints,
            Failover failover,
            CallScope scope,
            Consumer<HttpAnswer> answers) {
        this.image = image;
        this.endpoints = endpoints;
        this.failover = failover;
        this.scope = scope;
        this.answers = answers;
    }

    /**
     * Asks for type, digest and size alone, as cheaply as the host allows: registries count no HEAD request against
     * their quota. A digest may also name a blob.
     *
     * @throws PullException if no host knows
     */
    public ResolvedImage resolve() {
        Digest digest = image.digest();
        List<RegistryEndpoint> hosts = hosts();
        RetryBudget budget = new RetryBudget();
        try {
            return resolved(failover.first("resolve", hosts, budget, this::head));
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
     * Gets the manifest or index with one request, verifies it, and puts it into the store.
     *
     * @throws PullException if no host has it
     */
    public ResolvedImage open(ImageStore store) {
        try {
            // What a tag means is for the first host to say; a digest means the same everywhere.
            return resolved(
                    image.digest() == null
                            ? failover.first(
                                    "resolve", hosts(), new RetryBudget(), endpoint -> get(endpoint, store, scope))
                            : failover.hedged(
                                    "resolve",
                                    hosts(),
                                    new RetryBudget(),
                                    (endpoint, within) -> get(endpoint, store, within),
                                    late -> {}));
        } catch (HostsExhausted e) {
            throw e.toPullException(image.toString());
        }
    }

    private List<RegistryEndpoint> hosts() {
        return image.digest() != null ? endpoints.forContent() : endpoints.forTags();
    }

    private ResolvedImage resolveBlob(
            List<RegistryEndpoint> hosts, Digest digest, RetryBudget budget, HostsExhausted manifests) {
        try {
            return resolved(failover.first("resolve", hosts, budget, endpoint -> {
                try (HttpAnswer answer = endpoint.headBlob(image, digest, scope)) {
                    answers.accept(answer);
                    return new Descriptor(
                            new DocumentAnswer(answer).type(), digest, Math.max(0, answer.declaredLength()));
                }
            }));
        } catch (HostsExhausted e) {
            throw (e.isNotFound() ? manifests : e).toPullException(image.toString());
        }
    }

    private static ResolvedImage resolved(Failover.Success<Descriptor> success) {
        return new ResolvedImage(success.value(), success.endpoint().origin());
    }

    private Descriptor head(RegistryEndpoint endpoint) throws IOException, HostFailure {
        boolean headWorks = true;
        try (HttpAnswer answer = endpoint.headManifest(image, image.object(), scope)) {
            answers.accept(answer);
            Optional<Descriptor> described = describe(new DocumentAnswer(answer));
            if (described.isPresent()) {
                return described.get();
            }
        } catch (HostFailure e) {
            // A token server that answers 405 says nothing about HEAD.
            if (e.status() != 405 || e.failureClass() != FailureClass.REJECTED) {
                throw e;
            }
            headWorks = false;
        }
        try (HttpAnswer answer = endpoint.getManifest(image, image.object(), scope)) {
            answers.accept(answer);
            // Where there is no HEAD, the headers of the GET say as much; else the body has to.
            DocumentAnswer said = new DocumentAnswer(answer);
            Optional<Descriptor> described = headWorks ? Optional.empty() : describe(said);
            return described.isPresent() ? described.get() : measured(said);
        }
    }

    /** Type, digest and size from the body. */
    private Descriptor measured(DocumentAnswer answer) throws IOException, HostFailure {
        byte[] content = answer.read();
        answer.refuseSchema1();
        Digest wanted = image.digest();
        return new Descriptor(answer.type(), wanted != null ? wanted : Digest.sha256(content), content.length);
    }

    /** What the headers say, when they say enough. */
    private Optional<Descriptor> describe(DocumentAnswer answer) throws HostFailure {
        long length = answer.answer().declaredLength();
        answer.refuseLength(length);
        Digest wanted = image.digest();
        if (length < 0) {
            return Optional.empty();
        }
        Optional<Digest> digest = wanted != null ? Optional.of(wanted) : answer.digest();
        return digest.map(known -> new Descriptor(answer.type(), known, length));
    }

    private Descriptor get(RegistryEndpoint endpoint, ImageStore store, CallScope within)
            throws IOException, HostFailure {
        VerifiedDocument root = VerifiedDocument.get(endpoint, image, within, answers);
        store.putDocument(root.descriptor().digest(), root.content());
        return root.descriptor();
    }
}
