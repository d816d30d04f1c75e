// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.error.IntegrityException;
import dev.jpull.manifest.DocumentJson;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How much may refer to one image. An image with more is refused, because signatures would be missing. For several threads. */
final class ReferrerLimits {
    /** How deep referrers of referrers are looked for. */
    static final int MAX_DEPTH = 4;

    private static final int MAX_REFERRERS = 1_000;

    /** How many manifests there may be, with those in indexes that refer to the image. */
    private static final int MAX_DOCUMENTS = 10_000;

    /** How large the manifests and indexes may be together. */
    private static final long MAX_BYTES = 32L << 20;

    /** How many characters annotations of lists may have together: they are kept in the index of the store. */
    private static final long MAX_ANNOTATIONS = 256 << 10;

    private final String image;
    private final AtomicInteger referrers = new AtomicInteger();
    private final AtomicInteger others = new AtomicInteger();
    private final AtomicInteger documents = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong annotations = new AtomicLong();

    /** The limits of an image, which is named in messages. */
    ReferrerLimits(String image) {
        this.image = image;
    }

    /** Something was listed, or found under a tag. */
    void addReferrer() {
        if (referrers.incrementAndGet() > MAX_REFERRERS) {
            throw new IntegrityException("more than " + MAX_REFERRERS + " artifacts refer to " + image
                    + " and to its manifests: choose types of artifacts");
        }
    }

    /** A manifest or index of this size belongs to a referrer. */
    void addBytes(long size) {
        if (documents.incrementAndGet() > MAX_DOCUMENTS
                || bytes.addAndGet(Math.min(size, MAX_BYTES + 1))
                        > MAX_BYTES) { // no overflow: there are at most so many
            throw new IntegrityException("the manifests of what refers to " + image + " are more than " + MAX_DOCUMENTS
                    + ", or have more than " + MAX_BYTES + " bytes together: choose types of artifacts");
        }
    }

    /**
     * Whether there is room to look at an artifact of another type, to which one of a wanted type may refer. What is beyond is left
     * out: to choose types must help when there is too much.
     */
    boolean admitsOther(long size) {
        boolean admitted = size <= DocumentJson.MAX_SIZE
                && bytes.get() + size <= MAX_BYTES / 2
                && others.incrementAndGet() <= MAX_REFERRERS;
        if (admitted) {
            addBytes(size);
        }
        return admitted;
    }

    /** Whether there is room for annotations. */
    boolean keepsAnnotations(long characters) {
        return annotations.addAndGet(characters) <= MAX_ANNOTATIONS;
    }

    /** What refers to what refers to the image goes on. */
    IntegrityException tooDeep() {
        return new IntegrityException(
                "what refers to " + image + " is nested more than " + MAX_DEPTH + " deep: choose types of artifacts");
    }
}
