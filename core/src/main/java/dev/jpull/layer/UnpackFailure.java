// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.RawPath;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What the disk or the permissions refuse, in words, with the entry. */
final class UnpackFailure {
    private UnpackFailure() {}

    static IOException of(RawPath entry, FileSystemException e) {
        return new IOException("cannot unpack " + (entry.length() == 0 ? "/" : entry) + ": " + reason(e), e);
    }

    private static String reason(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied; unpack as the owner of the directory, or into another one";
        }
        if (e instanceof NoSuchFileException) {
            return e.getFile() + " was removed by another process";
        }
        if (e instanceof FileAlreadyExistsException || e instanceof DirectoryNotEmptyException) {
            return e.getFile() + " was made by another process";
        }
        if (e instanceof NotDirectoryException) {
            return e.getFile() + " was replaced by another process";
        }
        return e.getReason() == null ? String.valueOf(e.getMessage()) : e.getReason();
    }
}
