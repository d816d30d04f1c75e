// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.error.Attempt;
import dev.jpull.error.PullException;
import dev.jpull.file.SerialForm;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageConfig;
import dev.jpull.image.ImageIndex;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.LockChange;
import dev.jpull.image.MediaType;
import dev.jpull.image.Platform;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.pull.ContentExport;
import dev.jpull.pull.PulledContent;
import dev.jpull.pull.StoredDocuments;
import java.io.InputStream;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pulled image: complete, verified and named in the store. Immutable. It needs no {@link ImagePuller}: what its methods return is
 * read from the store, also after the puller was closed, and in another process that has read its serialized form.
 *
 * <p>Two images are equal when the store, the name, the manifest or index, the platforms and the referrers are. How they came into
 * the store does not count: two pulls of an image that has not changed have equal results, whatever hosts, requests, bytes, numbers
 * of pulls and lock files there were, so that a result can be an input of a task.
 *
 * @since 0.1.0
 */
public final class PulledImage implements Serializable {
    private static final long serialVersionUID = 1L;

    /** How many bytes a file may have that {@link #read(String)} returns: 16 MiB. */
    public static final int READ_LIMIT = 16 << 20;

    private final transient PulledContent content;
    private final transient StoredDocuments documents;
    private final transient List<PulledPlatform> platforms;
    private final transient LayerDecoding decoding;

    PulledImage(PulledContent content, LayerDecoding decoding) {
        this.content = content;
        this.decoding = decoding;
        this.documents = new StoredDocuments(content.store());
        this.platforms = content.platforms().stream()
                .map(platform -> new PulledPlatform(documents, content.name(), platform, decoding))
                .toList();
    }

    /** {@return the reference in full, such as {@code docker.io/library/busybox:latest}} */
    public String name() {
        return content.name();
    }

    /** {@return the digest of the manifest or index that the reference stands for} */
    public Digest digest() {
        return content.root().digest();
    }

    /** {@return the type of that manifest or index} */
    public MediaType mediaType() {
        return content.root().mediaType();
    }

    /** {@return the origin that resolved the reference, such as {@code https://mirror.example}; null when the store did} */
    public @Nullable String resolvedBy() {
        return content.resolvedBy();
    }

    /** {@return the platforms that were pulled, in the order of the index; empty for an index that has blobs only} */
    public List<PulledPlatform> platforms() {
        return platforms;
    }

    /**
     * {@return what refers to the image, to its manifests and to these referrers, as far as the request asked for it; each subject
     * comes before what refers to it}
     */
    public List<PulledReferrer> referrers() {
        return content.referrers().stream().map(PulledReferrer::of).toList();
    }

    /** {@return how many bytes of blobs were fetched for this pull} */
    public long bytesFetched() {
        return content.bytesFetched();
    }

    /** {@return how many requests this pull made, redirects and token requests included} */
    public int requests() {
        return content.requests();
    }

    /** {@return the attempts at hosts that failed in this pull, after which another host was asked} */
    public List<Attempt> fallbacks() {
        return content.fallbacks();
    }

    /**
     * {@return the texts of the warnings of this pull, in their order, the first 100 at most} They are those of
     * {@link dev.jpull.event.PullEvent.Warning}: a platform that is another one than was asked for, a key of the configuration that
     * is ignored, what a registry wants to be told.
     */
    public List<String> warnings() {
        return content.warnings();
    }

    /** {@return the number of the pull, as its events have it; 0 for an image that was in the store} */
    public long pull() {
        return content.pull();
    }

    /** {@return the directory of the store that has the image} */
    public Path store() {
        return content.store();
    }

    /**
     * {@return the index that the reference stands for; empty when it stands for a manifest} Each call opens the store, reads the
     * document and checks its digest: keep the value for further use.
     *
     * @throws dev.jpull.error.StoreException if it is not in the store any more, or is damaged
     */
    public Optional<ImageIndex> index() {
        return mediaType().isIndex() ? Optional.of(documents.index(content.root())) : Optional.empty();
    }

    /**
     * {@return the exact bytes of the index that the reference stands for, which have the digest of the image; empty when it stands
     * for a manifest}
     *
     * @throws dev.jpull.error.StoreException as {@link #index()} does
     */
    public Optional<byte[]> indexBytes() {
        return mediaType().isIndex() ? Optional.of(documents.content(content.root())) : Optional.empty();
    }

    /**
     * {@return the manifest of the preferred platform} Read from the store and checked by each call, as {@link #index()}.
     *
     * @throws dev.jpull.error.StoreException if it is not in the store any more, or is damaged
     * @throws IllegalStateException if this is an index that has no manifests
     */
    public ImageManifest manifest() {
        return preferred().manifest();
    }

    /**
     * {@return the exact bytes of the manifest of the preferred platform, which have the digest {@link
     * PulledPlatform#manifestDigest()}}
     *
     * @throws dev.jpull.error.StoreException as {@link #manifest()} does
     * @throws IllegalStateException as {@link #manifest()} does
     */
    public byte[] manifestBytes() {
        return preferred().manifestBytes();
    }

    /**
     * {@return the configuration of the preferred platform: its environment, entry point, labels, history} Read from the store and
     * checked by each call, as {@link #index()}.
     *
     * @throws dev.jpull.error.StoreException if it is not in the store any more, or is damaged
     * @throws dev.jpull.error.IntegrityException if it is not one that OCI image-spec and docker know
     * @throws IllegalStateException if this is an artifact that is no image
     */
    public ImageConfig config() {
        return preferred().config();
    }

    /**
     * {@return the exact bytes of the configuration of the preferred platform, which have the digest {@link
     * PulledPlatform#configDigest()}}
     *
     * @throws dev.jpull.error.StoreException as {@link #config()} does
     * @throws IllegalStateException as {@link #manifest()} does
     */
    public byte[] configBytes() {
        return preferred().configBytes();
    }

    private PulledPlatform preferred() {
        if (platforms.isEmpty()) {
            throw new IllegalStateException(digest() + " is an index without manifests: index() has what is in it");
        }
        return platforms.get(0);
    }

    /**
     * {@return what the pull did to the line of the image in the lock file; null without a lock file, or when the image needs no
     * line}
     */
    public @Nullable LockChange lockChange() {
        return content.lock();
    }

    /**
     * {@return the preferred platform, which is that of the first of {@link #platforms()}; null for an artifact, or an index without
     * manifests}
     */
    public @Nullable Platform platform() {
        return platforms.isEmpty() ? null : platforms.get(0).platform();
    }

    /** {@return the chain ID of the preferred platform; null for an artifact, or an image without layers} */
    public @Nullable Digest chainId() {
        return platforms.isEmpty() ? null : platforms.get(0).chainId();
    }

    /** {@return the layers of the preferred platform, base first} */
    public List<PulledLayer> layers() {
        return platforms.isEmpty() ? List.of() : platforms.get(0).layers();
    }

    /**
     * The files of the preferred platform, as they are after unpacking: the layers on top of each other, whiteouts applied. A
     * directory comes before what is in it, and names are in the order of their bytes. Nothing is written; all layers are read,
     * decoded and verified, each on a thread that ends with the call.
     *
     * @return the files without the root directory; empty for an image without layers
     * @throws PullException if a layer is damaged or malformed, cannot be read, or the image has more than a million names, or 64
     *     MiB of names
     * @throws IllegalStateException if this is an artifact that is no image
     */
    public List<ImageFile> files() {
        return platforms.isEmpty() ? List.of() : platforms.get(0).files();
    }

    /**
     * As {@link #read(String, int)}, for files of at most {@link #READ_LIMIT} bytes.
     *
     * @param path the absolute path of the file in the image
     * @return the content
     */
    public Optional<byte[]> read(String path) {
        return read(path, READ_LIMIT);
    }

    /**
     * The content of one file of the preferred platform, without unpacking. Layers are read from the top, as many as decide what is
     * at the path, each in full: what is returned was verified against digests and diff IDs. A link that leads to another path costs
     * another pass over the layer that has the file.
     *
     * @param path such as {@code /etc/os-release}; symbolic links in it, and at its end, are followed within the image, whose root
     *     is that of absolute ones and cannot be left
     * @param maxSize how many bytes the file may have; so many are held in memory
     * @return the content, or empty when there is no regular file at the path
     * @throws IllegalArgumentException if the file has more bytes; {@link #open} has no limit
     * @throws PullException as {@link #files()} does
     * @throws IllegalStateException if this is an artifact that is no image
     */
    public Optional<byte[]> read(String path, int maxSize) {
        return platforms.isEmpty() ? Optional.empty() : platforms.get(0).read(path, maxSize);
    }

    /**
     * The content of one file of the preferred platform as a stream, for files of any size: as {@link #read(String, int)}, but the
     * layer that has the file is read again while the stream is. It is compared once more, and a difference is thrown at the end: a
     * reader that needs certainty reads until then. Close the stream in any case, which ends a thread.
     *
     * @param path the absolute path of the file in the image
     * @return the content, or empty when there is no regular file at the path
     * @throws PullException as {@link #files()} does; so do reads of the stream
     * @throws IllegalStateException if this is an artifact that is no image
     */
    public Optional<InputStream> open(String path) {
        return platforms.isEmpty() ? Optional.empty() : platforms.get(0).open(path);
    }

    /**
     * Unpacks the preferred platform into a directory, as {@link ImagePuller#unpack} does, from the layers in the store, one after
     * the other.
     *
     * @param directory is made when it is not there
     * @param options how it is done
     * @return what was unpacked
     * @throws dev.jpull.error.PullException if it cannot be unpacked
     */
    public UnpackedImage unpack(Path directory, UnpackOptions options) {
        return UnpackedImage.of(options.target(directory).unpackStored(content, decoding), decoding);
    }

    /**
     * Copies the image into a directory with an OCI layout, for the platforms of this result and with what refers to
     * it when that was pulled too. A new directory is there when it is complete, and not before. One that has an OCI layout gets the blobs that it
     * lacks, and then a further entry in its index.json; images of other names stay as they are. What is there has the annotation
     * {@code org.opencontainers.image.ref.name} that {@link ExportReport.ExportedImage#reference} reports.
     *
     * <p>The files are copies that have nothing to do with the store any more. The kernel makes them, so that file systems that can
     * (Btrfs, XFS) share the blocks until one of the files is changed, with Java runtimes that use copy_file_range (25 does, 17 does not).
     * Every blob is read once more and compared with its digest, also one that the directory had: a wrong one there is replaced.
     *
     * @param layout a directory with an OCI layout, an empty one, or one that is not there; its parent is
     * @return what was written
     * @throws dev.jpull.error.IntegrityException if a blob of the store is damaged; its message names the blob
     * @throws PullException if the store does not have the image any more, or the directory cannot be written, such as one in the
     *     store, or one with links in place of its directories
     */
    public ExportReport copyTo(Path layout) {
        return ExportReport.of(export().layout(false).to(Objects.requireNonNull(layout, "layout")));
    }

    /**
     * As {@link #copyTo}, but the blobs are hard links to the files of the store where that is possible and safe: on one file system
     * that has owners and permissions, for files that belong to the user of this process and that are read-only, as the store makes
     * them. Others are copied; {@link ExportReport#linkedBytes} says how many bytes were linked.
     *
     * <p>Layers are not read and not compared with their digests, neither those that are linked nor those that are copied, nor what
     * the directory has with the right size and more than 1 MiB: a blob that is damaged in the store is linked as it is. Manifests
     * are compared. {@link #copyTo} compares everything; {@link LocalStore#verify} compares what the store has.
     *
     * <p>A link takes no time and no room, and shares the file: a program that makes a blob in the directory writable and writes to it
     * damages the store as well, and a change of its owner, permissions or times is seen there. Programs that only read, add or
     * delete files, as those do that know OCI layouts, do no harm. Removing an image from the store frees no room while links are left.
     *
     * @param layout the directory; it is made when it is not there
     * @return what was written
     * @throws PullException as {@link #copyTo} does, apart from damaged blobs
     */
    public ExportReport linkTo(Path layout) {
        return ExportReport.of(export().layout(true).to(Objects.requireNonNull(layout, "layout")));
    }

    /**
     * Writes the preferred platform as an archive in the format of {@code docker save}, which {@code docker load}, Podman, jib and
     * Testcontainers read. The same image gives the same bytes. Each blob is compared with its digest while it is written.
     *
     * @param target is flushed, and stays open
     * @return what was written
     * @throws dev.jpull.error.IntegrityException if a blob of the store is damaged; the stream has a part of the archive then
     * @throws PullException if the store does not have the image any more, docker cannot run it, or the stream cannot be written to:
     *     the exception of the stream is the cause then
     */
    public ExportReport writeDockerArchive(OutputStream target) {
        return ExportReport.of(export().dockerArchive().to(Objects.requireNonNull(target, "target")));
    }

    /**
     * Writes the image as a tar archive of an OCI layout, for the platforms of this result and with what refers to it when that
     * was pulled too. The same image gives the same bytes. Each blob is compared with its digest while it is written.
     *
     * @param target is flushed, and stays open
     * @return what was written
     * @throws dev.jpull.error.IntegrityException if a blob of the store is damaged; the stream has a part of the archive then
     * @throws PullException if the store does not have the image any more, or the stream cannot be written to: the exception of the
     *     stream is the cause then
     */
    public ExportReport writeOciArchive(OutputStream target) {
        return ExportReport.of(export().ociArchive().to(Objects.requireNonNull(target, "target")));
    }

    private ContentExport export() {
        return new ContentExport(content);
    }

    /** {@return what is written instead} */
    private Object writeReplace() {
        return new Form(content, decoding.limits());
    }

    /**
     * Fails: only the form that {@code writeReplace} gives is read.
     *
     * @param in where it would be read from
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("an image is read from its serialized form only");
    }

    private record Form(PulledContent content, DecodeLimits limits) implements Serializable {
        private Object readResolve() throws InvalidObjectException {
            return SerialForm.read("an image", () -> new PulledImage(content, LayerDecoding.within(limits)));
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PulledImage image
                && image.content.store().equals(content.store())
                && image.content.name().equals(content.name())
                && image.content.root().equals(content.root())
                && image.platforms.equals(platforms)
                && image.content.referrers().equals(content.referrers());
    }

    @Override
    public int hashCode() {
        return Objects.hash(content.store(), content.name(), content.root(), platforms, content.referrers());
    }

    /** The name and the digest; for messages, not to be parsed. */
    @Override
    public String toString() {
        return name() + "@" + digest();
    }
}
