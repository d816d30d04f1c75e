// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.http.CallScope;
import dev.jpull.http.HttpAnswer;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.registry.Failover;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.HostsExhausted;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.registry.RetryBudget;
import dev.jpull.store.ImageStore;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
            return resolved(failover.first("resolve", hosts(), new RetryBudget(), endpoint -> get(endpoint, store)));
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
                    return new Descriptor(type(answer), digest, Math.max(0, answer.declaredLength()));
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
            Optional<Descriptor> described = describe(answer);
            if (described.isPresent()) {
                return described.get();
            }
        } catch (HostFailure e) {
            if (e.status() != 405) {
                throw e;
            }
            headWorks = false;
        }
        try (HttpAnswer answer = endpoint.getManifest(image, image.object(), scope)) {
            answers.accept(answer);
            // Where there is no HEAD, the headers of the GET say as much; else the body has to.
            Optional<Descriptor> described = headWorks ? Optional.empty() : describe(answer);
            return described.isPresent() ? described.get() : measured(answer);
        }
    }

    /** Type, digest and size from the body. */
    private Descriptor measured(HttpAnswer answer) throws IOException, HostFailure {
        byte[] content = read(answer, ImageDocument.MAX_SIZE);
        MediaType type = type(answer);
        if (type.equals(MediaType.DOCKER_SCHEMA1)) {
            throw schema1(answer);
        }
        Digest wanted = image.digest();
        return new Descriptor(type, wanted != null ? wanted : Digest.sha256(content), content.length);
    }

    /** What the headers say, when they say enough. */
    private Optional<Descriptor> describe(HttpAnswer answer) throws HostFailure {
        long length = answer.declaredLength();
        if (length > ImageDocument.MAX_SIZE) {
            throw tooLarge(answer, length);
        }
        Digest wanted = image.digest();
        String header = answer.header("Docker-Content-Digest");
        if (length < 0 || wanted == null && header == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Descriptor(type(answer), wanted != null ? wanted : digest(answer, String.valueOf(header)), length));
    }

    private Descriptor get(RegistryEndpoint endpoint, ImageStore store) throws IOException, HostFailure {
        try (HttpAnswer answer = endpoint.getManifest(image, image.object(), scope)) {
            answers.accept(answer);
            byte[] content = read(answer, ImageDocument.MAX_SIZE);
            MediaType type = documentType(answer, content);
            Digest wanted = image.digest();
            if (wanted != null && !wanted.matches(content)) {
                throw HostFailure.malformed(
                        answer.shownUrl(), answer.status(), "its content does not have the digest " + wanted);
            }
            String header = answer.header("Docker-Content-Digest");
            if (header != null && !digest(answer, header).matches(content)) {
                throw HostFailure.malformed(
                        answer.shownUrl(),
                        answer.status(),
                        "its content does not have the digest that its header announces");
            }
            Descriptor root = new Descriptor(type, wanted != null ? wanted : Digest.sha256(content), content.length);
            ImageDocument.parse(content, type);
            store.putDocument(root.digest(), content);
            return root;
        } catch (IntegrityException e) {
            throw HostFailure.malformed("", 200, String.valueOf(e.getMessage()));
        }
    }

    /** The type of a document: what the host says, or else what the document says of itself. */
    private static MediaType documentType(HttpAnswer answer, byte[] content) throws HostFailure {
        MediaType type = type(answer);
        if (type.isManifestOrIndex()) {
            return type;
        }
        if (type.equals(MediaType.DOCKER_SCHEMA1)) {
            throw schema1(answer);
        }
        if (type.value().toLowerCase(Locale.ROOT).startsWith("text/html")) {
            throw HostFailure.malformed(
                    answer.shownUrl(),
                    answer.status(),
                    "the answer is an HTML page instead of a manifest:"
                            + " is the path of the host right, and does it need override_path?");
        }
        String own = ownType(content);
        if (own == null || !new MediaType(own).isManifestOrIndex()) {
            throw HostFailure.malformed(
                    answer.shownUrl(),
                    answer.status(),
                    "the answer is \"" + type + "\", which is neither a manifest nor an index");
        }
        return new MediaType(own);
    }

    private static @Nullable String ownType(byte[] content) {
        try {
            return JsonValue.parse(content).text("mediaType");
        } catch (JsonException e) {
            return null; // no document at all
        }
    }

    /** Reads a body of limited size, and notices when it was cut. */
    static byte[] read(HttpAnswer answer, int limit) throws IOException, HostFailure {
        long declared = answer.declaredLength();
        if (declared > limit) {
            throw tooLarge(answer, declared);
        }
        byte[] content = answer.decodedBody().readNBytes(limit + 1);
        if (content.length > limit) {
            throw tooLarge(answer, -1);
        }
        if (declared >= 0 && !answer.isCoded() && content.length != declared) {
            throw HostFailure.of(new EOFException(), answer.shownUrl());
        }
        return content;
    }

    private static MediaType type(HttpAnswer answer) {
        String header = answer.header("Content-Type");
        MediaType type = MediaType.ofContentType(header == null ? "" : header);
        return type.value().equals("text/plain") ? MediaType.DOCKER_SCHEMA1 : type;
    }

    private static Digest digest(HttpAnswer answer, String header) throws HostFailure {
        if (Digest.check(header) != null) {
            throw HostFailure.malformed(
                    answer.shownUrl(), answer.status(), "its header Docker-Content-Digest is not a digest");
        }
        return Digest.parse(header);
    }

    private static HostFailure schema1(HttpAnswer answer) {
        return HostFailure.malformed(
                answer.shownUrl(),
                answer.status(),
                "it has only a docker schema 1 manifest, which is no longer supported: push the image again");
    }

    private static HostFailure tooLarge(HttpAnswer answer, long length) {
        return HostFailure.malformed(
                answer.shownUrl(),
                answer.status(),
                "the manifest has " + (length < 0 ? "more than " + ImageDocument.MAX_SIZE : length)
                        + " bytes, but at most " + ImageDocument.MAX_SIZE + " are read");
    }
}
