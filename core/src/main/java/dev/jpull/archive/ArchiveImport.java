// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.manifest.Referrer;
import dev.jpull.store.ImageStore;
import dev.jpull.store.LayoutIndex;
import dev.jpull.store.WaitControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One import of an archive into a store: all content is verified first, then each image gets its name. When something is wrong, no
 * image gets one; content that is right stays, and is not written again by the next import.
 */
public final class ArchiveImport {
    private static final int MAX_INDEX = DocumentJson.MAX_SIZE;

    private final ArchiveSource source;
    private final ImageStore store;
    private final ImportRequest request;
    private final WaitControl wait;
    private final ImportedReferrers referrers;
    private long written;
    private long present;

    /**
     * An import.
     *
     * @param wait ends waits for other processes, and is told about them
     */
    public ArchiveImport(ArchiveSource source, ImageStore store, ImportRequest request, WaitControl wait) {
        this.source = source;
        this.store = store;
        this.request = request;
        this.wait = wait;
        this.referrers = new ImportedReferrers(store);
    }

    /**
     * Runs it.
     *
     * @throws IntegrityException if the archive is malformed, goes beyond a limit, contradicts itself, or lacks something
     * @throws dev.jpull.error.ReferenceException if an image needs a name
     * @throws StoreException if the archive cannot be read, or the store cannot be written
     */
    public ImportResult run() {
        Path path = source.path();
        OciContents contents = path != null && source.isDirectory() ? directory(path) : archive();
        List<ArchivedImage> images = withoutReferrers(contents);
        ImportNames names = ImportNames.of(source, images, request.name());
        Map<String, ImageContent> content = content(names);
        return name(names, content);
    }

    /** Notes what refers to images; returns the others. */
    private List<ArchivedImage> withoutReferrers(OciContents contents) {
        try {
            contents.referrers().forEach(referrers::add);
            return contents.images().stream()
                    .filter(image ->
                            !image.names().isEmpty() || !image.tag().isEmpty() || !referrers.addBySubject(image.root()))
                    .toList();
        } catch (IntegrityException e) {
            throw source.refused("a referrer: " + e.getMessage());
        }
    }

    private OciContents directory(Path path) {
        LayoutDirectory directory = new LayoutDirectory(path, store, wait, request.progress());
        try {
            OciContents contents = OciContents.parse(directory.index(), source);
            List<Descriptor> roots = new ArrayList<>();
            for (ArchivedImage image : contents.images()) {
                Descriptor original = OciContents.original(image.root(), source);
                roots.add(image.root().withoutAnnotations());
                if (original != null) {
                    roots.add(original);
                }
            }
            contents.referrers()
                    .forEach(referrer -> roots.add(referrer.descriptor().withoutAnnotations()));
            directory.read(roots);
            written = directory.written();
            present = directory.present();
            return contents;
        } catch (IOException e) {
            throw source.failure(e);
        }
    }

    private OciContents archive() {
        ArchiveIntake intake = new ArchiveIntake(source, store, wait, request.progress());
        intake.read();
        written = intake.written();
        present = intake.present();
        ArchivePieces pieces = intake.pieces();
        byte[] docker = pieces.content(DockerContents.MANIFEST, MAX_INDEX).orElse(null);
        byte[] oci = pieces.content(OciContents.INDEX, MAX_INDEX).orElse(null);
        if (oci != null && (docker == null || pieces.has(OciContents.LAYOUT))) {
            OciContents contents = OciContents.parse(oci, source);
            if (docker == null || !contents.images().isEmpty()) {
                return contents;
            }
        }
        if (docker != null) {
            List<ArchivedImage> images = new DockerContents(source, store, pieces).images(docker);
            written += pieces.written();
            return new OciContents(images, List.of());
        }
        if (pieces.has(DockerContents.REPOSITORIES)) {
            throw source.refused("it has " + DockerContents.REPOSITORIES + " but no " + DockerContents.MANIFEST
                    + ", as docker before 1.10 wrote archives: load it into docker and save it again");
        }
        throw source.refused("it has neither " + OciContents.INDEX + " nor " + DockerContents.MANIFEST
                + ": it is no archive of images");
    }

    /** What is there of each image that has a name. */
    private Map<String, ImageContent> content(ImportNames names) {
        Map<Descriptor, ImageContent> byRoot = new LinkedHashMap<>();
        Map<String, ImageContent> byName = new LinkedHashMap<>();
        names.named()
                .forEach((name, image) -> byName.put(name, byRoot.computeIfAbsent(image.root(), root -> {
                    Descriptor plain = root.withoutAnnotations();
                    Descriptor original = OciContents.original(root, source);
                    if (original == null || !store.has(original)) {
                        return usable(name, plain);
                    }
                    requirePart(name, plain, original);
                    return usable(name, original);
                })));
        return byName;
    }

    /** Requires that an entry is a part of the index for which it stands, so that every program reads the same image. */
    private void requirePart(String name, Descriptor entry, Descriptor original) {
        Set<Digest> parts =
                new HashSet<>(look(name, entry, PlatformMatcher.all()).documents());
        if (entry.mediaType().isIndex()) {
            parts.remove(entry.digest());
        }
        parts.removeAll(look(name, original, PlatformMatcher.all()).documents());
        if (!parts.isEmpty()) {
            throw source.refused("the image " + name + ": its annotation " + OciContents.ROOT + " names the index "
                    + original.digest() + ", which does not have "
                    + parts.iterator().next()
                    + "; make the archive again");
        }
    }

    private ImageContent look(String name, Descriptor root, PlatformMatcher matcher) {
        try {
            return ImageContent.of(store, root, matcher);
        } catch (IntegrityException e) {
            throw source.refused("the image " + name + ": " + e.getMessage());
        }
    }

    private ImageContent usable(String name, Descriptor root) {
        ImageContent content = look(name, root, request.matcher());
        boolean hasWanted =
                request.matcher().matchesAll() || content.platforms().stream().anyMatch(request.matcher()::matches);
        if (content.isUsable() && hasWanted) {
            return content;
        }
        if (!content.lacking().isEmpty()) {
            throw source.refused("no platform of the image " + name + " is complete in it; " + "it lacks "
                    + content.lack() + ": make the archive again with all of the image");
        }
        throw new ImageNotFoundException(
                FailureDetails.of("the image " + name + " in " + source + " has nothing for " + request.matcher())
                        .with(Remedy.CHOOSE_PLATFORM));
    }

    private ImportResult name(ImportNames names, Map<String, ImageContent> contents) {
        LayoutIndex index = store.index(wait);
        if (request.keepsExisting()) {
            contents.forEach((name, content) -> refuseOther(index, name, content.root()));
        }
        List<ImportResult.Named> named = new ArrayList<>();
        int count = 0;
        for (Map.Entry<String, ImageContent> each : contents.entrySet()) {
            List<Referrer> brought = referrers.of(each.getValue());
            named.add(name(index, each.getKey(), each.getValue(), brought));
            count += brought.size();
        }
        List<Referrer> others = referrers.ofOthers();
        if (!others.isEmpty()
                && !index.putReferrers(
                        others, () -> store.missing(referrers.required()).isEmpty())) {
            throw new StoreException("blobs of referrers were deleted from " + store.root()
                    + " while they were imported: import them again");
        }
        count += others.size();
        List<String> leftOut = new ArrayList<>(referrers.leftOut());
        for (ArchivedImage image : names.nameless()) {
            if (contents.values().stream()
                    .noneMatch(
                            content -> content.documents().contains(image.root().digest()))) {
                leftOut.add("the nameless image " + image.text());
            }
        }
        return new ImportResult(named, count, leftOut, written, present);
    }

    private ImportResult.Named name(LayoutIndex index, String name, ImageContent content, List<Referrer> brought) {
        List<Descriptor> required = new ArrayList<>(content.required());
        required.addAll(referrers.required());
        AtomicReference<Optional<Descriptor>> before = new AtomicReference<>(Optional.empty());
        boolean put = index.put(name, content.root(), content.pulled(), Map.of(), brought, () -> {
            if (request.keepsExisting()) {
                refuseOther(index, name, content.root());
            }
            before.set(index.find(name));
            return store.missing(required).isEmpty();
        });
        if (!put) {
            throw new StoreException("blobs of the image " + name + " were deleted from " + store.root()
                    + " while it was imported: import it again");
        }
        Descriptor previous = before.get().orElse(null);
        boolean isSame =
                previous != null && previous.digest().equals(content.root().digest());
        List<String> noted = previous == null
                ? List.of()
                : List.of(previous.annotations()
                        .getOrDefault(LayoutIndex.PULLED, "")
                        .split(" ", -1));
        boolean isPresent =
                isSame && content.pulled().stream().map(Digest::toString).allMatch(noted::contains);
        return new ImportResult.Named(
                name, content.root(), content.platforms(), previous == null ? null : previous.digest(), isPresent);
    }

    private void refuseOther(LayoutIndex index, String name, Descriptor root) {
        index.find(name).filter(there -> !there.digest().equals(root.digest())).ifPresent(there -> {
            throw new StoreException(
                    "the store has another image of the name " + name + ", " + there.digest()
                            + ", which --keep-existing keeps: give another name with --name, or import without --keep-existing");
        });
    }
}
