// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.LockException;
import dev.jpull.error.Remedy;
import dev.jpull.image.Digest;
import dev.jpull.image.LockedImage;
import dev.jpull.image.Platform;
import dev.jpull.pull.PulledContent.PlatformContent;
import dev.jpull.text.LockColumns;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The manifests of an image by platform, as a lock file has them. */
final class LockedPlatforms {
    private LockedPlatforms() {}

    /** The line of a pulled image. */
    static LockedImage line(String name, PulledContent image, Instant now) {
        String host = image.resolvedBy();
        return new LockedImage(
                name,
                image.root().digest(),
                now,
                host != null && LockColumns.isHost(host) ? host : "",
                of(image, LockColumns.MAX_PLATFORMS));
    }

    /** A line with the platforms of another one, if that is for the same digest. */
    static LockedImage with(LockedImage line, @Nullable LockedImage other) {
        if (other == null || !other.digest().equals(line.digest())) {
            return line;
        }
        SortedMap<String, Digest> both = new TreeMap<>(line.manifests());
        other.manifests().forEach((platform, manifest) -> {
            if (both.size() < LockColumns.MAX_PLATFORMS) {
                both.putIfAbsent(platform, manifest);
            }
        });
        return new LockedImage(line.name(), line.digest(), line.date(), line.host(), both);
    }

    /** Whether two lines have one digest, and the same manifest of each platform that both have. */
    static boolean agree(LockedImage line, LockedImage other) {
        return line.digest().equals(other.digest())
                && other.manifests().entrySet().stream()
                        .allMatch(each ->
                                each.getValue().equals(line.manifests().getOrDefault(each.getKey(), each.getValue())));
    }

    /**
     * Compares the manifests of an image with a line that has its digest. A difference means that the line was changed by hand: an
     * index with the same digest has the same manifests.
     *
     * @param file the lock file, for the message
     */
    static void check(PulledContent image, LockedImage line, String file) {
        of(image, Integer.MAX_VALUE).forEach((platform, manifest) -> {
            Digest locked = line.manifests().get(platform);
            if (locked != null && !locked.equals(manifest)) {
                throw new LockException(FailureDetails.of("the manifest of " + line.name() + " for " + platform + " is "
                                + manifest + ", and the lock file " + file + " has " + locked
                                + ", although both have the digest " + line.digest()
                                + ": the line was changed by hand: restore it, or update the lock file")
                        .with(Remedy.UPDATE_LOCK));
            }
        });
    }

    /** The manifests that a line can have: a platform with other characters is left out. */
    private static Map<String, Digest> of(PulledContent image, int most) {
        SortedMap<String, Digest> manifests = new TreeMap<>();
        for (PlatformContent content : image.platforms()) {
            Platform platform = content.platform();
            String key = platform == null ? "" : platform.formatAll();
            if (LockColumns.isPlatform(key) && manifests.size() < most) {
                manifests.putIfAbsent(key, content.manifest().digest());
            }
        }
        return manifests;
    }
}
