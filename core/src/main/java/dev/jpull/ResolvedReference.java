// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.file.SerialForm;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.pull.Resolution;
import java.io.InvalidObjectException;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a reference stands for. Immutable; equal to one of the same name, digest, type and size, whichever host resolved it.
 *
 * @since 0.1.0
 */
public final class ResolvedReference implements Serializable {
    private static final long serialVersionUID = 1L;

    /** What was found. */
    private final Resolution resolution;

    ResolvedReference(Resolution resolution) {
        this.resolution = Objects.requireNonNull(resolution, "resolution");
    }

    /** {@return the reference in full, such as {@code docker.io/library/busybox:latest}} */
    public String name() {
        return resolution.name();
    }

    /** {@return the digest of the manifest or index} */
    public Digest digest() {
        return resolution.root().digest();
    }

    /** {@return the type of the manifest or index} */
    public MediaType mediaType() {
        return resolution.root().mediaType();
    }

    /** {@return the size of the manifest or index in bytes} */
    public long size() {
        return resolution.root().size();
    }

    /** {@return the origin that resolved the reference, such as {@code https://mirror.example}} */
    public String host() {
        return resolution.host();
    }

    /**
     * {@return the same, checked}
     *
     * @throws InvalidObjectException if the stream had no resolution
     */
    private Object readResolve() throws InvalidObjectException {
        return SerialForm.read("a resolved reference", () -> new ResolvedReference(resolution));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ResolvedReference reference
                && reference.resolution.name().equals(resolution.name())
                && reference.resolution.root().equals(resolution.root());
    }

    @Override
    public int hashCode() {
        return Objects.hash(resolution.name(), resolution.root());
    }

    /** The name and the digest; for messages, not to be parsed. */
    @Override
    public String toString() {
        return name() + "@" + digest();
    }
}
