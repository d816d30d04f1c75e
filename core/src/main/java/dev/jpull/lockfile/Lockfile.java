// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lockfile;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.LockException;
import dev.jpull.error.Remedy;
import dev.jpull.file.Reason;
import dev.jpull.file.RegularFile;
import dev.jpull.image.LockedImage;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A lock file, which several threads and processes may read and change at the same time. The file is read for each call, because
 * other programs change it too. Safe for use by several threads.
 */
public final class Lockfile {
    private static final int MAX_SIZE = 16 << 20;

    private final Path path;

    /** The bytes that were read last, with what they mean: most reads find the same again. */
    @GuardedBy("this")
    private byte[] lastBytes = {};

    @GuardedBy("this")
    private LockDocument last = LockDocument.EMPTY;

    /** The lock file at a path, where none needs to be yet. */
    public Lockfile(Path path) {
        this.path = path.toAbsolutePath(); // not normalised: the parent of a linked directory is another one
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /**
     * The line of an image.
     *
     * @param name the reference in full
     * @param mustExist whether the file has to be there
     * @return the line, or null
     * @throws LockException if the file cannot be read, or something in it is wrong
     */
    public @Nullable LockedImage find(String name, boolean mustExist) {
        return read(mustExist).find(name);
    }

    /**
     * The images, sorted by name.
     *
     * @throws LockException if the file is not there, cannot be read, or something in it is wrong
     */
    public List<LockedImage> images() {
        return read(true).images();
    }

    /**
     * Changes the line of an image, or adds it; other lines stay as they are. When the line is as it should be, nothing is written.
     *
     * @param change takes the line that the file has now, or null, and gives the wanted one
     * @param cancelled ends the wait for another thread or process that changes the file
     * @return the wanted line
     * @throws LockException if the file cannot be read or written, something in it is wrong, or it would have more than it can; it stays as
     *     it is then
     */
    public LockedImage change(
            String name, Function<@Nullable LockedImage, LockedImage> change, BooleanSupplier cancelled) {
        LockedImage now = find(name, false);
        LockedImage wanted = change.apply(now);
        if (wanted.equals(now)) {
            return wanted;
        }
        try {
            return LockfileMutex.of(path).run(cancelled, () -> {
                LockDocument document = read(false);
                LockedImage found = document.find(name);
                LockedImage line = change.apply(found);
                if (!line.equals(found)) {
                    byte[] bytes = document.with(line).bytes();
                    requireReadable(bytes, line);
                    new LockfileWriter(path).write(bytes);
                }
                return line;
            });
        } catch (IOException e) {
            throw new LockException(
                    "the lock file " + shown() + " cannot be written: " + Reason.of(e)
                            + ": make its directory writable, or name another file",
                    e);
        }
    }

    /** The file never gets what the next read of it would refuse. */
    private void requireReadable(byte[] bytes, LockedImage line) {
        String refusal = "the line of " + line.name() + " cannot be added to the lock file " + shown() + ": ";
        if (bytes.length > MAX_SIZE) {
            throw new LockException(refusal + "it would have more than " + MAX_SIZE + " bytes: use several lock files");
        }
        try {
            LockParser.parse(bytes, path);
        } catch (LockException e) {
            throw new LockException(refusal + e.getMessage(), e);
        }
    }

    private LockDocument read(boolean mustExist) {
        byte[] bytes;
        try {
            bytes = RegularFile.read(path, MAX_SIZE);
        } catch (NoSuchFileException e) {
            if (mustExist || Files.isSymbolicLink(path)) {
                throw new LockException(FailureDetails.of(
                                "there is no lock file " + shown() + ": name another one, or make it by an update")
                        .causedBy(e)
                        .with(Remedy.UPDATE_LOCK));
            }
            return LockDocument.EMPTY;
        } catch (IOException e) {
            throw new LockException("the lock file " + shown() + " cannot be read: " + Reason.of(e), e);
        }
        synchronized (this) {
            if (!Arrays.equals(bytes, lastBytes)) {
                last = LockParser.parse(bytes, path);
                lastBytes = bytes;
            }
            return last;
        }
    }

    private String shown() {
        return ForeignText.message(path.toString());
    }
}
