// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.image.Descriptor;
import dev.jpull.image.MediaType;
import dev.jpull.image.Platform;
import dev.jpull.manifest.Referrer;
import dev.jpull.pull.PulledContent.LayerContent;
import dev.jpull.pull.PulledContent.PlatformContent;
import dev.jpull.registry.EventSink;
import dev.jpull.text.ForeignText;
import dev.jpull.text.SecretMask;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last place that everything passes which a pull says: a registry that was told a secret may have put it into an image, from
 * where it gets into events, results and failures.
 *
 * @param mask the secrets in use
 */
record MaskedOutcome(SecretMask mask) {
    /** A sink that masks the secrets in events, and passes them on. */
    EventSink before(EventSink sink) {
        return event -> sink.emit(event.andThen(this::masked));
    }

    private PullEvent masked(PullEvent event) {
        if (event instanceof PullEvent.Warning warning) {
            return new PullEvent.Warning(warning.header(), mask.mask(warning.text()));
        }
        if (event instanceof PullEvent.BlobQueued queued) {
            return new PullEvent.BlobQueued(
                    queued.header(), queued.digest(), masked(queued.mediaType()), queued.bytes(), queued.total());
        }
        return event;
    }

    /** The failure without secrets; itself when there are none in it. */
    PullException masked(PullException failure) {
        String message = String.valueOf(failure.getMessage());
        String shown = mask.mask(message);
        if (shown.equals(message)) {
            return failure;
        }
        PullException masked = PullException.of(
                failure.kind(),
                new FailureDetails(shown.lines().toList(), failure.getCause(), failure.attempts(), failure.remedies()));
        masked.setStackTrace(failure.getStackTrace());
        return masked;
    }

    /** The platforms of a result without secrets. */
    List<PlatformContent> masked(List<PlatformContent> platforms) {
        return platforms.stream()
                .map(each -> new PlatformContent(
                        masked(each.platform()),
                        masked(each.manifest()),
                        masked(each.config()),
                        each.chainId(),
                        each.layers().stream().map(this::masked).toList()))
                .toList();
    }

    /** Referrers without secrets. */
    List<Referrer> maskedReferrers(List<Referrer> referrers) {
        return referrers.stream()
                .map(each -> new Referrer(
                        masked(each.descriptor()), mask.mask(each.artifactType()), each.subject(), each.tag()))
                .toList();
    }

    /** Texts without secrets. */
    List<String> maskedTexts(List<String> texts) {
        return texts.stream().map(text -> mask.mask(ForeignText.message(text))).toList();
    }

    /** What was found without secrets. */
    ReferrerAnswer masked(ReferrerAnswer answer) {
        return new ReferrerAnswer(
                answer.name(),
                masked(answer.root()),
                answer.manifests().stream().map(this::masked).toList(),
                maskedReferrers(answer.referrers()));
    }

    private Descriptor masked(Descriptor descriptor) {
        Map<String, String> annotations = new LinkedHashMap<>();
        descriptor.annotations().forEach((name, value) -> annotations.put(mask.mask(name), mask.mask(value)));
        return new Descriptor(
                masked(descriptor.mediaType()),
                descriptor.digest(),
                descriptor.size(),
                masked(descriptor.platform()),
                List.of(),
                annotations,
                null);
    }

    private LayerContent masked(LayerContent layer) {
        Descriptor blob = layer.blob();
        return new LayerContent(
                layer.path(),
                new Descriptor(masked(blob.mediaType()), blob.digest(), blob.size()),
                layer.diffId(),
                layer.chainId(),
                layer.diffIdVerified(),
                layer.report(),
                layer.snapshot());
    }

    /** A type without secrets; a known type is never masked, even if a password is a part of it. */
    MediaType masked(MediaType type) {
        return type.isManifestOrIndex() || type.isImageConfig() ? type : new MediaType(mask.mask(type.value()));
    }

    private @Nullable Platform masked(@Nullable Platform platform) {
        return platform == null
                ? null
                : new Platform(
                        mask.mask(platform.os()),
                        mask.mask(platform.architecture()),
                        mask.mask(platform.variant()),
                        mask.mask(platform.osVersion()),
                        platform.osFeatures().stream().map(mask::mask).toList());
    }
}
