// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageIndex;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.Platform;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.registry.EndpointOrder;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.resolve.VerifiedDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Probes the endpoints of an image: first all of them for the tag, then for its content. */
public final class HostsProber {
    private final ImageReference image;
    private final List<RegistryEndpoint> endpoints;
    private final Cancellation cancellation;
    private final Map<RegistryEndpoint, EndpointProbe> reached = new LinkedHashMap<>();
    private @Nullable Descriptor root;
    private @Nullable Descriptor blob;

    /** A probe of these endpoints, which are in the order of the configuration. */
    public HostsProber(ImageReference image, List<RegistryEndpoint> endpoints, Cancellation cancellation) {
        this.image = image;
        this.endpoints = endpoints;
        this.cancellation = cancellation;
    }

    /** Probes all endpoints, one after the other; an endpoint that fails is reported. */
    public List<ProbedEndpoint> probe() {
        List<EndpointProbe> probes = new ArrayList<>();
        for (RegistryEndpoint endpoint : endpoints) {
            EndpointProbe probe = new EndpointProbe(endpoint, image, cancellation);
            probes.add(probe);
            if (!EndpointOrder.CONTENT.admits(endpoint.host())) {
                probe.skip("asked", "a pull never asks this host: it lacks the capability pull");
            } else if (probe.reach()) {
                reached.put(endpoint, probe);
            }
        }
        Digest wanted = image.digest();
        if (wanted == null) {
            reached.forEach(this::askForTag);
            wanted = root == null ? null : root.digest();
        }
        for (EndpointProbe probe : reached.values()) {
            askForContent(probe, wanted);
        }
        return probes.stream().map(EndpointProbe::report).toList();
    }

    private void askForTag(RegistryEndpoint endpoint, EndpointProbe probe) {
        if (!EndpointOrder.TAGS.admits(endpoint.host())) {
            probe.skip("tag", "a pull never resolves a tag at this host: it lacks the capability resolve");
            return;
        }
        VerifiedDocument document = probe.tag();
        if (document != null && root == null) {
            root = document.descriptor();
        }
    }

    private void askForContent(EndpointProbe probe, @Nullable Digest wanted) {
        if (wanted == null) {
            probe.skip("digest", "no host resolved the tag");
            return;
        }
        VerifiedDocument document = probe.digest(wanted);
        if (document != null && blob == null) {
            blob = blobOf(probe, document);
        }
        if (blob == null) {
            probe.skip("blob", "no host served a manifest for this platform");
        } else {
            probe.blob(blob);
        }
    }

    /** The first layer for this machine; the configuration where there are no layers. */
    private static @Nullable Descriptor blobOf(EndpointProbe probe, VerifiedDocument document) {
        VerifiedDocument found = document;
        if (document.document() instanceof ImageIndex index) {
            Platform host = Platform.host();
            List<Descriptor> selected = PlatformMatcher.only(host, host).select(index.children(), 1);
            found = selected.isEmpty() ? null : probe.digest(selected.get(0).digest());
        }
        return found != null && found.document() instanceof ImageManifest manifest
                ? manifest.layers().isEmpty()
                        ? manifest.config()
                        : manifest.layers().get(0)
                : null;
    }
}
