// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.posix.DirectoryListing;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.PosixUnavailableException;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import dev.jpull.text.ForeignText;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Unpacks the layers of one image into a directory. While the layers are downloaded, each is extracted into a directory of its own
 * inside the target, which only this user can enter; when all of them are there and verified, {@link #finish} merges them in their
 * order, and moves the result into the target. Until then the target has no other content. Layers are extracted by several threads at once; everything
 * else is for one.
 */
public final class ImageUnpacker implements LayerConsumers, Closeable {
    /** What the name of the directory begins with in which layers are extracted. */
    private static final String STAGING = ".jpull-unpack-";

    private static final byte[] ROOT = {'r', 'o', 'o', 't'};
    private static final int PRIVATE = 0700;

    /** Whether the target has the times that the image gives its root. */
    private volatile boolean rootIsDescribed;

    private final Path path;
    private final ExtractOptions options;
    private final LayerDecoding decoding;
    private final OpenDirectory target;
    private final byte[] stagingName;
    private final OpenDirectory staging;

    @GuardedBy("this")
    private final SortedMap<Integer, Extraction> extractions = new TreeMap<>();

    private record Extraction(PlannedLayer layer, ExtractedLayer extracted) {}

    private ImageUnpacker(
            Path path,
            ExtractOptions options,
            LayerDecoding decoding,
            OpenDirectory target,
            byte[] stagingName,
            OpenDirectory staging) {
        this.path = path;
        this.options = options;
        this.decoding = decoding;
        this.target = target;
        this.stagingName = stagingName;
        this.staging = staging;
    }

    /**
     * Opens a directory to unpack into, and makes it when it is not there.
     *
     * @param mayHaveContent whether it may have content already
     * @throws StoreException if it has content, or cannot be written to
     */
    public static ImageUnpacker into(
            Path directory, boolean mayHaveContent, ExtractOptions options, LayerDecoding decoding) {
        OpenDirectory target = null;
        boolean opened = false;
        try {
            Files.createDirectories(directory);
            target = OpenDirectory.open(directory);
            if (!mayHaveContent) {
                requireEmpty(directory, target);
            }
            byte[] name = (STAGING + UUID.randomUUID()).getBytes(StandardCharsets.US_ASCII);
            target.makeDirectory(name, PRIVATE);
            ImageUnpacker unpacker = new ImageUnpacker(directory, options, decoding, target, name, target.child(name));
            opened = true;
            return unpacker;
        } catch (PosixUnavailableException e) {
            throw new StoreException("cannot unpack into " + directory + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StoreException("cannot unpack into " + directory + ": " + reason(e), e);
        } finally {
            if (!opened && target != null) {
                close(target);
            }
        }
    }

    /** A new file system has a lost+found. */
    private static void requireEmpty(Path directory, OpenDirectory target) throws IOException {
        for (DirectoryListing.Entry entry : target.list().next()) {
            byte[] name = entry.name();
            if (!RawPath.of(name).is("lost+found")) {
                throw new StoreException(FailureDetails.of(directory + " is not empty, it has " + RawPath.of(name)
                                + ": unpack into an empty directory, or a new one")
                        .with(Remedy.REPLACE_CONTENT));
            }
        }
    }

    private static void close(OpenDirectory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            throw new StoreException("cannot close a directory: " + e.getMessage(), e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "it is no directory";
        }
        if (e instanceof NoSuchFileException) {
            return "the directory above is not there, or takes no new ones";
        }
        return e instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : ForeignText.line(String.valueOf(e.getMessage()));
    }

    @Override
    public Optional<LayerConsumer> consumerOf(PlannedLayer layer) {
        LayerVerification.requireReadable(layer);
        return Optional.of((compressed, cancelled) -> extract(layer, compressed, cancelled));
    }

    private void extract(PlannedLayer layer, InputStream compressed, BooleanSupplier cancelled) throws IOException {
        byte[] name = nameOf(layer.position());
        try (OpenDirectory parent = staging.duplicate()) {
            parent.removeTree(name); // of a run whose bytes were wrong
            parent.makeDirectory(name, PRIVATE);
            try (OpenDirectory tree = parent.child(name);
                    InputStream content = VerifiedLayer.open(layer, compressed, decoding);
                    TarReader archive = new TarReader(content, archives())) {
                extracted(layer, LayerExtractor.extract(archive, tree, options, cancelled));
            }
        }
    }

    private synchronized void extracted(PlannedLayer layer, ExtractedLayer extracted) {
        extractions.put(layer.position(), new Extraction(layer, extracted));
    }

    private TarLimits archives() {
        TarLimits usual = TarLimits.DEFAULT;
        return new TarLimits(
                usual.maxEntries(),
                usual.maxHeaderBytes(),
                usual.maxSparseChunks(),
                decoding.limits().maxBytes());
    }

    private static byte[] nameOf(int position) {
        return String.valueOf(position).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Merges the layers into the target; all of them have been extracted, and are verified.
     *
     * @param cancelled ends the merge, which leaves the target incomplete
     * @throws PullException if a layer does not fit to those below it, or the disk does not take it
     */
    public UnpackReport finish(BooleanSupplier cancelled) {
        List<Extraction> layers;
        synchronized (this) {
            layers = List.copyOf(extractions.values());
        }
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i).layer().position() != i || layers.get(i).layer().count() != layers.size()) {
                throw new IllegalStateException(layers.get(i).layer().label() + " is not the layer " + i);
            }
        }
        LeftOut leftOut = new LeftOut();
        OpenDirectory root = newRoot();
        try (root) {
            boolean described = false;
            for (Extraction each : layers) {
                described |= merge(each, root, leftOut, cancelled);
            }
            publish(root, described, cancelled);
            rootIsDescribed = described;
        } catch (IOException e) {
            throw new StoreException("cannot close a directory: " + reason(e), e);
        }
        return UnpackReport.of(layers.stream().map(Extraction::extracted).toList(), leftOut.omissions());
    }

    /**
     * Unpacks an image that is in the store, one layer after the other.
     *
     * @param cancelled ends it
     * @throws PullException if it cannot be unpacked
     */
    public UnpackReport unpackAll(ImageView view, BooleanSupplier cancelled) {
        for (StoredLayer each : view.layers()) {
            byte[] name = nameOf(each.layer().position());
            try (TarReader archive = each.openArchive(archives(), cancelled)) {
                staging.makeDirectory(name, PRIVATE);
                try (OpenDirectory tree = staging.child(name)) {
                    extracted(each.layer(), LayerExtractor.extract(archive, tree, options, cancelled));
                }
            } catch (IOException e) {
                throw LayerFailure.of(each.layer(), e);
            }
        }
        return finish(cancelled);
    }

    /**
     * Unpacks chosen paths of an image that is in the store, in two passes: one finds them, and one writes them.
     *
     * @param paths links in them are followed within the image
     * @param cancelled ends it
     * @throws PullException if the image does not have one of the paths, or cannot be unpacked
     */
    public UnpackReport unpackOnly(ImageView view, List<RawPath> paths, BooleanSupplier cancelled) {
        PathSelection selection = PathSelection.of(view.image(), view.files(), paths);
        List<ExtractedLayer> extracted = new ArrayList<>();
        OpenDirectory root = newRoot();
        try (root) {
            for (int i = 0; i < view.layers().size(); i++) {
                if (selection.isNeeded(i)) {
                    extracted.add(extractChosen(view.layers().get(i), root, selection.ofLayer(i), cancelled));
                }
            }
            publish(root, false, cancelled);
        } catch (IOException e) {
            throw new StoreException("cannot close a directory: " + reason(e), e);
        }
        return UnpackReport.of(extracted, List.of());
    }

    private ExtractedLayer extractChosen(
            StoredLayer stored, OpenDirectory root, EntryChoice choice, BooleanSupplier cancelled) {
        try (TarReader archive = stored.openArchive(archives(), cancelled)) {
            return LayerExtractor.extract(archive, root, options, cancelled, choice);
        } catch (IOException e) {
            throw LayerFailure.of(stored.layer(), e);
        }
    }

    private OpenDirectory newRoot() {
        try {
            staging.makeDirectory(ROOT, PRIVATE);
            OpenDirectory root = staging.child(ROOT);
            root.attributes().setMode(0755);
            return root;
        } catch (IOException e) {
            throw new StoreException("cannot unpack into " + path + ": " + reason(e), e);
        }
    }

    /** Merges a layer into the tree of those below it; returns whether it has an entry for the root. */
    private boolean merge(Extraction extraction, OpenDirectory root, LeftOut leftOut, BooleanSupplier cancelled) {
        byte[] name = nameOf(extraction.layer().position());
        try (OpenDirectory tree = staging.child(name)) {
            boolean described = !extraction
                    .extracted()
                    .implicit()
                    .contains(tree.attributes().status());
            TreeMerge.merge(tree, extraction.extracted(), root, leftOut, cancelled);
            staging.removeTree(name);
            return described;
        } catch (TarException e) {
            throw new IntegrityException(FailureDetails.of(
                            extraction.layer().label() + " does not fit to the layers below it: " + e.getMessage())
                    .causedBy(e));
        } catch (IOException e) {
            throw new StoreException(
                    "cannot merge " + extraction.layer().label() + " into " + path + ": " + reason(e), e);
        }
    }

    /** Moves the whole image into the target. */
    private void publish(OpenDirectory root, boolean described, BooleanSupplier cancelled) {
        try {
            ImplicitDirectories implicit = new ImplicitDirectories();
            if (!described) {
                implicit.add(root.attributes().status().inode());
            }
            ExtractedLayer image =
                    new ExtractedLayer(0, 0, List.of(), List.of(), implicit, new MarkedDirectories(), false, List.of());
            TreeMerge.merge(root, image, target, cancelled);
        } catch (IOException e) {
            throw new StoreException("cannot move the image into " + path + ", which is incomplete: " + reason(e), e);
        }
    }

    /** Removes what was extracted and not merged. */
    @Override
    public void close() {
        try (OpenDirectory closed = target;
                OpenDirectory opened = staging) {
            FileStatus root = target.attributes().status();
            target.removeTree(stagingName);
            if (rootIsDescribed) {
                target.attributes().setTimes(root.accessed(), root.modified());
            }
        } catch (IOException e) {
            throw new StoreException(
                    "cannot remove " + path.resolve(new String(stagingName, StandardCharsets.US_ASCII)) + ": "
                            + reason(e) + "; remove it",
                    e);
        }
    }
}
