// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.error.StoreException;
import dev.jpull.http.Cancellation;
import dev.jpull.layer.ExtractOptions;
import dev.jpull.layer.ImageUnpacker;
import dev.jpull.layer.ImageView;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.layer.Ownership;
import dev.jpull.posix.Posix;
import dev.jpull.posix.PosixUnavailableException;
import dev.jpull.tar.RawPath;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where and how an image is unpacked.
 *
 * @param directory becomes the root file system
 * @param force whether it may have content
 * @param only the paths that are unpacked; empty for all
 * @param owners whether files get the owners of the image; null when that depends on the user of the process
 * @param uid the user that all files get, or null
 * @param gid the group that all files get, or null
 */
public record UnpackTarget(
        Path directory,
        boolean force,
        List<String> only,
        @Nullable Boolean owners,
        @Nullable Long uid,
        @Nullable Long gid) {
    /** Copies the list. */
    public UnpackTarget {
        only = List.copyOf(only);
    }

    /**
     * Unpacks an image, each layer while it is pulled.
     *
     * @param pull pulls the image, or finds it in the store
     * @param decoding how layers are decoded
     */
    UnpackedContent unpack(
            CallOptions wanted,
            LayerDecoding decoding,
            Function<CallOptions, PulledContent> pull,
            Cancellation cancellation) {
        return withoutTrace(() -> unpackPulled(wanted, decoding, pull, cancellation));
    }

    private UnpackedContent unpackPulled(
            CallOptions wanted,
            LayerDecoding decoding,
            Function<CallOptions, PulledContent> pull,
            Cancellation cancellation) {
        try (ImageUnpacker unpacker = ImageUnpacker.into(directory, force, extractOptions(), decoding)) {
            if (!only.isEmpty()) {
                PulledContent image = pull.apply(wanted);
                requireImage(image);
                List<RawPath> paths = only.stream().map(RawPath::of).toList();
                return new UnpackedContent(
                        image, directory, unpacker.unpackOnly(view(image, decoding), paths, cancellation::isCancelled));
            }
            PulledContent image = pull.apply(wanted.with(unpacker));
            requireImage(image);
            return new UnpackedContent(image, directory, unpacker.finish(cancellation::isCancelled));
        }
    }

    /**
     * Unpacks an image that is in the store, one layer after the other.
     *
     * @param decoding how layers are decoded
     * @throws PullException if it cannot be unpacked
     */
    public UnpackedContent unpackStored(PulledContent image, LayerDecoding decoding) {
        requireImage(image);
        return withoutTrace(() -> unpackFromStore(image, decoding));
    }

    private UnpackedContent unpackFromStore(PulledContent image, LayerDecoding decoding) {
        try (ImageUnpacker unpacker = ImageUnpacker.into(directory, force, extractOptions(), decoding)) {
            List<RawPath> paths = only.stream().map(RawPath::of).toList();
            ImageView view = view(image, decoding);
            return new UnpackedContent(
                    image,
                    directory,
                    paths.isEmpty()
                            ? unpacker.unpackAll(view, () -> false)
                            : unpacker.unpackOnly(view, paths, () -> false));
        }
    }

    /** A directory that was made for the image goes again when nothing came into it. */
    private UnpackedContent withoutTrace(Supplier<UnpackedContent> unpacking) {
        boolean isNew = Files.notExists(directory, LinkOption.NOFOLLOW_LINKS);
        try {
            return unpacking.get();
        } catch (PullException e) {
            if (isNew) {
                removeIfEmpty(e);
            }
            throw e;
        }
    }

    private void removeIfEmpty(PullException failure) {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            return; // part of the image is there
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static ImageView view(PulledContent image, LayerDecoding decoding) {
        return new ImageView(image.name(), image.platforms().get(0).storedLayers(image.name(), decoding));
    }

    private ExtractOptions extractOptions() {
        try {
            return extractOptions(Posix.effectiveUser());
        } catch (PosixUnavailableException e) {
            throw new StoreException("cannot unpack into " + directory + ": " + e.getMessage(), e);
        }
    }

    private ExtractOptions extractOptions(long process) {
        ExtractOptions usual = ExtractOptions.forUser(process);
        if (uid != null || gid != null) {
            long user = uid == null ? process : uid;
            return new ExtractOptions(Ownership.fixed(user, gid == null ? user : gid), usual.devices());
        }
        if (owners == null) {
            return usual;
        }
        return new ExtractOptions(owners ? Ownership.ofLayer() : Ownership.ofProcess(), usual.devices());
    }

    private static void requireImage(PulledContent image) {
        boolean isImage = !image.platforms().isEmpty()
                && (image.platforms().get(0).chainId() != null
                        || image.platforms().get(0).layers().isEmpty());
        if (!isImage) {
            throw new IntegrityException(
                    image.name() + " is an artifact, and no image: it has no root file system to unpack");
        }
    }
}
