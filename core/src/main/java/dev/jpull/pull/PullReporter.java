// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.Attempt;
import dev.jpull.event.PullEvent;
import dev.jpull.finding.Finding;
import dev.jpull.http.HttpResponse;
import dev.jpull.http.WarningHeader;
import dev.jpull.image.Descriptor;
import dev.jpull.registry.EventSink;
import dev.jpull.store.WaitControl;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** What one call reports beside its result: warnings, and the hosts that failed. Safe for use by several threads. */
final class PullReporter implements EventSink {
    private final EventSink events;
    private final Set<Finding> reported = ConcurrentHashMap.newKeySet();
    private final List<Attempt> fallbacks = Collections.synchronizedList(new ArrayList<>());
    private final List<String> warnings = new ArrayList<>();

    /**
     * A reporter of one call.
     *
     * @param events takes the events of the call, and masks secrets in them
     */
    PullReporter(EventSink events) {
        this.events = events;
    }

    @Override
    public void emit(Function<PullEvent.Header, PullEvent> event) {
        events.emit(event);
    }

    /** The first warnings of this call, with the secrets that are in them. */
    List<String> warnings() {
        synchronized (warnings) {
            return List.copyOf(warnings);
        }
    }

    /** The failed attempts of this call after which another host was asked. */
    List<Attempt> fallbacks() {
        synchronized (fallbacks) {
            return List.copyOf(fallbacks);
        }
    }

    /** A host failed, and another one is asked. */
    void fellBack(Attempt attempt) {
        fallbacks.add(attempt);
        events.emit(header -> new PullEvent.Fallback(header, attempt));
    }

    /** The digest of the image is known. */
    void resolved(Descriptor root, String host) {
        events.emit(header -> new PullEvent.Resolved(header, root.digest(), root.mediaType(), host));
    }

    /**
     * What the image needs is known.
     *
     * @param missing the blobs that are not in the store
     */
    void planned(List<Descriptor> blobs, List<Descriptor> missing) {
        long bytes = bytesOf(blobs);
        long present = Math.max(0, bytes - bytesOf(missing));
        events.emit(header -> new PullEvent.PullPlanned(header, blobs.size(), bytes, present));
    }

    /** Sizes are the image's word: their sum may be larger than any number. */
    private static long bytesOf(List<Descriptor> blobs) {
        long bytes = 0;
        for (Descriptor blob : blobs) {
            bytes = bytes > Long.MAX_VALUE - blob.size() ? Long.MAX_VALUE : bytes + blob.size();
        }
        return bytes;
    }

    @Override
    public void warn(String text) {
        synchronized (warnings) {
            if (warnings.size() < PulledContent.MAX_WARNINGS) {
                warnings.add(text);
            }
        }
        EventSink.super.warn(text);
    }

    /** The findings of the configuration that are more than information; each is reported once. */
    void findings(List<Finding> findings) {
        for (Finding finding : findings) {
            if (finding.severity() != Finding.Severity.INFO && reported.add(finding)) {
                warn(finding.toString());
            }
        }
    }

    /** The warnings in the headers of a response. */
    void headers(HttpResponse response) {
        for (String header : response.headers("Warning")) {
            WarningHeader.text(header)
                    .map(response::masked)
                    .filter(text -> !text.isBlank())
                    .ifPresent(text -> warn("the registry says: " + text));
        }
        String remaining = response.header("RateLimit-Remaining");
        if (remaining != null && remaining.matches("[0-9](;.*)?")) {
            warn("the registry allows only " + remaining.charAt(0) + " more pulls for now: log in to be allowed more");
        }
    }

    /** Reports the waits for locks of the store, which end when the call is cancelled. */
    WaitControl waits(BooleanSupplier cancelled) {
        return new WaitControl() {
            @Override
            public boolean isCancelled() {
                return cancelled.getAsBoolean();
            }

            @Override
            public void waitsFor(String text) {
                warn(text);
            }
        };
    }
}
