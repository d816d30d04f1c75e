// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.layer.MergedFile;
import dev.jpull.text.ForeignText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file in an image, as its layers say; nothing is unpacked. Immutable.
 *
 * @since 0.1.0
 */
public final class ImageFile {
    private final MergedFile file;

    /** What a file is. */
    public enum Type {
        /** A regular file; hard links are regular files with the same content. */
        FILE,
        /** A directory. */
        DIRECTORY,
        /** A symbolic link. */
        SYMLINK,
        /** A named pipe. */
        FIFO,
        /** A character device. */
        CHARACTER_DEVICE,
        /** A block device. */
        BLOCK_DEVICE
    }

    ImageFile(MergedFile file) {
        this.file = file;
    }

    /**
     * {@return its path from the root of the image, such as {@code /usr/bin/env}} Names are bytes; those that are not UTF-8 have
     * U+FFFD here, and are told apart by {@link #pathBytes()}. Not made harmless for a terminal: {@link PrintableText} does that.
     */
    public String path() {
        return '/' + new String(file.path().bytes(), StandardCharsets.UTF_8);
    }

    /** {@return the bytes of its path, without the slash at the start} */
    public byte[] pathBytes() {
        return file.path().bytes();
    }

    /** {@return what it is} */
    public Type type() {
        return switch (file.facts().type()) {
            case FILE, HARD_LINK -> Type.FILE;
            case DIRECTORY -> Type.DIRECTORY;
            case SYMLINK -> Type.SYMLINK;
            case FIFO -> Type.FIFO;
            case CHARACTER_DEVICE -> Type.CHARACTER_DEVICE;
            case BLOCK_DEVICE -> Type.BLOCK_DEVICE;
        };
    }

    /** {@return how many bytes a regular file has, holes included; 0 for anything else} */
    public long size() {
        return file.facts().size();
    }

    /**
     * Permissions with set-user-ID, set-group-ID and sticky bits, within 07777.
     *
     * @return the permissions
     */
    public int mode() {
        return file.facts().mode();
    }

    /** {@return its owner, within 0 and 2^32-2} */
    public long uid() {
        return file.facts().uid();
    }

    /** {@return its group, within 0 and 2^32-2} */
    public long gid() {
        return file.facts().gid();
    }

    /** {@return when it was modified; the epoch for a directory that no layer has an entry for} */
    public Instant modified() {
        return file.facts().modified();
    }

    /** {@return the target of a symbolic link, as it is stored; null for anything else} */
    public @Nullable String link() {
        return type() == Type.SYMLINK ? new String(file.facts().link().bytes(), StandardCharsets.UTF_8) : null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ImageFile image && image.file.equals(file);
    }

    @Override
    public int hashCode() {
        return file.hashCode();
    }

    /** The path in one harmless line; for messages, not to be parsed. */
    @Override
    public String toString() {
        return ForeignText.line(path());
    }
}
