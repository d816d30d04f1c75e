// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import dev.jpull.error.ReferenceException;
import dev.jpull.text.ForeignText;
import dev.jpull.text.LockColumns;
import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A line of a lock file: what an image was when its reference was resolved.
 *
 * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
 *
 * @param name the reference in full, such as {@code docker.io/library/busybox:1.36}
 * @param digest the digest of the manifest or index that the reference stood for
 * @param date when a host said so; a fraction of a second is left out
 * @param host the origin of that host, such as {@code https://mirror.example}; empty when none was asked
 * @param manifests the digests of the manifests by platform, such as {@code linux/arm64}, as far as they were pulled; sorted,
 *     and 256 at most
 * @since 0.1.0
 */
public record LockedImage(String name, Digest digest, Instant date, String host, Map<String, Digest> manifests)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final Instant FIRST_DATE = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LAST_DATE = Instant.parse("9999-12-31T23:59:59Z");

    /**
     * Checks the parts, and copies the map.
     *
     * @throws ReferenceException if a part is not what a lock file can have
     */
    public LockedImage {
        ImageReference reference = ImageReference.parse(name);
        if (!reference.toString().equals(name)) {
            throw new ReferenceException(
                    "\"" + ForeignText.line(name) + "\" is no reference in full: write " + reference);
        }
        if (reference.digest() != null && !reference.digest().equals(digest)) {
            throw new ReferenceException("the digest of " + reference + " cannot be " + digest);
        }
        if (!host.isEmpty() && !LockColumns.isHost(host)) {
            throw new ReferenceException("\"" + ForeignText.address(host)
                    + "\" is not the origin of a host, such as https://mirror.example");
        }
        date = date.truncatedTo(ChronoUnit.SECONDS);
        if (date.isBefore(FIRST_DATE) || date.isAfter(LAST_DATE)) {
            throw new ReferenceException("the date " + date + " is not from 1970 to 9999");
        }
        if (manifests.size() > LockColumns.MAX_PLATFORMS) {
            throw new ReferenceException(
                    "there are more than " + LockColumns.MAX_PLATFORMS + " platforms of " + reference);
        }
        SortedMap<String, Digest> sorted = new TreeMap<>(manifests);
        for (String platform : sorted.keySet()) {
            if (!LockColumns.isPlatform(platform)) {
                throw new ReferenceException(
                        "\"" + ForeignText.line(platform) + "\" is not a platform such as linux/arm64");
            }
        }
        manifests = Collections.unmodifiableSortedMap(sorted);
    }
}
