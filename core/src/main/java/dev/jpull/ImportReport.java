// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.archive.ImportResult;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an import did.
 *
 * @param images the images that have their names now, in the order of the archive
 * @param referrers how many signatures, attestations and the like came with them
 * @param leftOut what the archive has and the store got no name for, each in words that are safe to print
 * @param bytesWritten how many bytes of content were written to the store
 * @param bytesPresent how many bytes of content were there already
 * @since 0.1.0
 */
public record ImportReport(
        List<Image> images, int referrers, List<String> leftOut, long bytesWritten, long bytesPresent)
        implements Serializable {
    /** Copies the lists. */
    public ImportReport {
        images = List.copyOf(images);
        leftOut = List.copyOf(leftOut);
    }

    /** What became of an image. */
    public enum State {
        /** It is new, or has more platforms than before. */
        NEW,
        /** It was there with all of these platforms. */
        PRESENT,
        /** It took the place of another image with its name. */
        REPLACED
    }

    /**
     * An image that has its name.
     *
     * @param name its full name
     * @param root its manifest or index
     * @param platforms the platforms that are complete, as far as they are known
     * @param state what became of it
     * @param replaced the digest of the image that had the name before; null if none had, or the same
     */
    public record Image(
            String name,
            Descriptor root,
            List<Platform> platforms,
            State state,
            @Nullable Digest replaced) implements Serializable {
        /** Copies the list. */
        public Image {
            platforms = List.copyOf(platforms);
        }
    }

    static ImportReport of(ImportResult result) {
        return new ImportReport(
                result.images().stream().map(ImportReport::image).toList(),
                result.referrers(),
                result.leftOut(),
                result.written(),
                result.present());
    }

    private static Image image(ImportResult.Named named) {
        Digest previous = named.previous();
        boolean isOther = previous != null && !previous.equals(named.root().digest());
        State state = named.isPresent() ? State.PRESENT : isOther ? State.REPLACED : State.NEW;
        return new Image(named.name(), named.root(), named.platforms(), state, isOther ? previous : null);
    }
}
