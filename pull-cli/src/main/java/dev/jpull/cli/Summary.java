// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PulledImage;
import dev.jpull.PulledLayer;
import dev.jpull.cli.progress.ByteCount;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.StringJoiner;

/** Summarises a pull in one line. */
final class Summary {
    private Summary() {}

    static String of(PulledImage image, long nanos) {
        List<PulledLayer> layers = image.platforms().stream()
                .flatMap(platform -> platform.layers().stream())
                .toList();
        long present = layers.stream().filter(PulledLayer::present).count();
        long resumed = layers.stream().mapToLong(PulledLayer::bytesResumed).sum();
        int retries = layers.stream().mapToInt(PulledLayer::retries).sum();
        StringJoiner parts = new StringJoiner(", ");
        parts.add(layers.size() + (layers.size() == 1 ? " layer" : " layers"));
        int referrers = image.referrers().size();
        if (referrers > 0) {
            parts.add(referrers + (referrers == 1 ? " referrer" : " referrers"));
        }
        parts.add(ByteCount.of(image.bytesFetched()) + " fetched");
        if (present > 0) {
            parts.add(present + " present");
        }
        if (resumed > 0) {
            parts.add(ByteCount.of(resumed) + " resumed");
        }
        if (retries > 0) {
            parts.add(retries + (retries == 1 ? " retry" : " retries"));
        }
        String hosts = String.join(
                ", ",
                layers.stream()
                        .map(PulledLayer::host)
                        .filter(Objects::nonNull)
                        .distinct()
                        .toList());
        return "pulled " + image.name() + " in " + String.format(Locale.ROOT, "%.1f s", nanos / 1e9) + ": " + parts
                + (hosts.isEmpty() ? "" : ", from " + hosts);
    }
}
