// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpResponse;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.registry.Failover;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.HostsExhausted;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.Phase;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.registry.RetryBudget;
import dev.jpull.store.ImageStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Manifests and indexes by digest: from the store when they are there, else from a host, verified and kept. Safe for use by several
 * threads.
 */
public final class Documents {
    private final ImageReference image;
    private final ImageEndpoints endpoints;
    private final Failover failover;
    private final @Nullable ImageStore store;
    private final Supplier<RetryBudget> budgets;
    /** What waits for being put into the store; null when each document is put there at once. */
    private final @Nullable Map<Digest, byte[]> held;

    /** The documents of one image. */
    public Documents(PullContext pull, ImageStore store) {
        this(pull, store, RetryBudget::new);
    }

    /**
     * The documents of one image.
     *
     * @param budgets how often each of them is asked for
     */
    public Documents(PullContext pull, ImageStore store, Supplier<RetryBudget> budgets) {
        this(pull, budgets, store, null);
    }

    private Documents(
            PullContext pull,
            Supplier<RetryBudget> budgets,
            @Nullable ImageStore store,
            @Nullable Map<Digest, byte[]> held) {
        this.held = held;
        this.budgets = budgets;
        this.image = pull.image();
        this.endpoints = pull.endpoints();
        this.failover = pull.failover();
        this.store = store;
    }

    /** The documents of one image, from hosts alone: nothing is kept. */
    public static Documents unstored(PullContext pull) {
        return new Documents(pull, RetryBudget::new, null, null);
    }

    /**
     * The documents of one image, held in memory until the {@link #saves()} are run: to write a document to the disk takes longer than
     * to read it from a near host, and meanwhile blobs can come.
     */
    public static Documents held(PullContext pull, ImageStore store) {
        return new Documents(pull, RetryBudget::new, store, new ConcurrentHashMap<>());
    }

    /** Puts what is held into the store. The parts may run at the same time. */
    public List<Runnable> saves() {
        if (held == null || store == null) {
            return List.of();
        }
        return held.entrySet().stream()
                .map(each -> (Runnable) () -> {
                    store.putDocument(each.getKey(), each.getValue());
                    held.remove(each.getKey());
                })
                .toList();
    }

    /** Keeps a document that a host gave for a tag, and that was verified. */
    void keep(VerifiedDocument document) {
        keep(document.descriptor().digest(), document.content());
    }

    private void keep(Digest digest, byte[] content) {
        if (held != null) {
            held.put(digest, content);
        } else if (store != null) {
            store.putDocument(digest, content);
        }
    }

    private Optional<byte[]> kept(Digest digest) {
        byte[] waiting = held == null ? null : held.get(digest);
        if (waiting != null) {
            return Optional.of(waiting);
        }
        return store == null ? Optional.empty() : store.document(digest, DocumentJson.MAX_SIZE);
    }

    /**
     * The document that a descriptor names.
     *
     * @throws PullException if no host has it, or what they have is not what it should be
     */
    public ImageDocument read(Descriptor descriptor) {
        if (descriptor.size() > DocumentJson.MAX_SIZE) {
            throw new IntegrityException("the manifest " + descriptor.digest() + " of " + image + " has "
                    + descriptor.size() + " bytes, but at most " + DocumentJson.MAX_SIZE + " are read");
        }
        Optional<byte[]> kept = kept(descriptor.digest());
        if (kept.isPresent()) {
            return DocumentJson.parse(kept.get(), descriptor.mediaType());
        }
        byte[] content = descriptor.embeddedData().orElseGet(() -> fetch(descriptor));
        ImageDocument document = DocumentJson.parse(content, descriptor.mediaType());
        keep(descriptor.digest(), content);
        return document;
    }

    /** The same; empty when every host says that it does not have it. */
    public Optional<ImageDocument> readIfThere(Descriptor descriptor) {
        try {
            return Optional.of(read(descriptor));
        } catch (ImageNotFoundException e) {
            return Optional.empty();
        }
    }

    private byte[] fetch(Descriptor descriptor) {
        try {
            return failover.hedged(
                            Phase.MANIFEST,
                            endpoints.forContent(),
                            budgets.get(),
                            (endpoint, within) -> get(endpoint, descriptor, within),
                            late -> {})
                    .value();
        } catch (HostsExhausted e) {
            throw e.toPullException("the manifest " + descriptor.digest() + " of " + image);
        }
    }

    private byte[] get(RegistryEndpoint endpoint, Descriptor descriptor, Cancellation within)
            throws IOException, HostFailure {
        try (HttpResponse response = endpoint.getManifest(image, descriptor.digest(), descriptor.mediaType(), within)) {
            String header = response.header("Content-Type");
            MediaType type = MediaType.ofContentType(header == null ? "" : header);
            if (type.isManifestOrIndex() && !type.equals(descriptor.mediaType())) {
                throw HostFailure.malformed(
                        response.shownUrl(),
                        response.status(),
                        "it calls " + type + " what should be " + descriptor.mediaType());
            }
            byte[] content = new DocumentResponse(response).read();
            if (content.length != descriptor.size() || !descriptor.digest().matches(content)) {
                throw HostFailure.malformed(
                        response.shownUrl(),
                        response.status(),
                        "its content does not have the digest and size of its descriptor");
            }
            return content;
        }
    }
}
