// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.posix.Attributes;
import dev.jpull.posix.Errno;
import dev.jpull.posix.Posix;
import dev.jpull.posix.PosixException;
import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarEntry;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Instant;
import java.util.Map;

/**
 * Gives files the attributes of their entries, in the order that keeps them: the owner, because the kernel then drops capabilities and
 * set-user-ID bits; extended attributes, while the file can be written to; the mode; the times.
 */
final class EntryAttributes {
    private static final int SET_ID = 06000;

    private final Ownership ownership;
    private final Omissions omissions;
    private final long processUser;
    private final long processGroup;

    EntryAttributes(Ownership ownership, Omissions omissions) throws IOException {
        this.ownership = ownership;
        this.omissions = omissions;
        this.processUser = Posix.effectiveUser();
        this.processGroup = Posix.effectiveGroup();
    }

    /** Sets all of them. */
    void set(Attributes target, TarEntry entry) throws IOException {
        int mode = setOwnerAndXattrs(target, entry);
        if (entry.type() != EntryType.SYMLINK) {
            target.setMode(mode);
        }
        target.setTimes(accessed(entry), entry.modified());
    }

    /** Sets those that what is done in a directory does not change; returns the mode that is left to set. */
    int setOwnerAndXattrs(Attributes target, TarEntry entry) throws IOException {
        boolean isOwned = setOwner(target, entry);
        for (Map.Entry<RawPath, byte[]> xattr : entry.xattrs().entrySet()) {
            setXattr(target, entry, xattr.getKey(), xattr.getValue(), isOwned);
        }
        int mode = entry.mode();
        if (!isOwned && (mode & SET_ID) != 0) {
            omissions.add(Omission.Kind.SET_ID, () -> entry.path().toString());
            mode &= ~SET_ID;
        }
        return mode;
    }

    /** The owner of a directory that has no entry. */
    void setOwnerOfImplicit(Attributes target) throws IOException {
        if (ownership.rule() == Ownership.Rule.FIXED) {
            target.setOwner(ownership.uid(), ownership.gid());
        }
    }

    static Instant accessed(TarEntry entry) {
        Instant accessed = entry.accessed();
        return accessed == null ? entry.modified() : accessed;
    }

    /** Returns whether the file has the owner of its entry. */
    private boolean setOwner(Attributes target, TarEntry entry) throws IOException {
        switch (ownership.rule()) {
            case LAYER -> {
                try {
                    target.setOwner(entry.uid(), entry.gid());
                    return true;
                } catch (PosixException e) {
                    if (!e.isNotPermitted() && e.error() != Errno.EINVAL && e.error() != Errno.EOVERFLOW) {
                        throw e;
                    }
                    omissions.add(
                            Omission.Kind.OWNER,
                            () -> entry.path() + " (" + entry.uid() + ":" + entry.gid() + ": " + e.getReason() + ")");
                    return false;
                }
            }
            case FIXED -> {
                target.setOwner(ownership.uid(), ownership.gid());
                return ownership.uid() == entry.uid() && ownership.gid() == entry.gid();
            }
            case PROCESS -> {
                if (entry.uid() != processUser || entry.gid() != processGroup) {
                    omissions.add(
                            Omission.Kind.OWNER, () -> entry.path() + " (" + entry.uid() + ":" + entry.gid() + ")");
                }
                return false;
            }
        }
        throw new IllegalStateException("no rule for owners");
    }

    private void setXattr(Attributes target, TarEntry entry, RawPath name, byte[] value, boolean isOwned)
            throws IOException {
        if (!XattrPolicy.allows(name)) {
            omit(entry, name, "images may not set it");
        } else if (name.is(XattrPolicy.CAPABILITY) && !isOwned) {
            omit(entry, name, "the file has another owner");
        } else {
            try {
                target.setXattr(name.bytes(), value);
            } catch (AccessDeniedException e) {
                omit(entry, name, "permission denied");
            } catch (PosixException e) {
                switch (e.error()) {
                    case Errno.EPERM, Errno.EOPNOTSUPP, Errno.EINVAL, Errno.E2BIG, Errno.ERANGE, Errno.ENOSPC ->
                        omit(entry, name, e.getReason());
                    default -> throw e;
                }
            }
        }
    }

    private void omit(TarEntry entry, RawPath name, String reason) {
        omissions.add(Omission.Kind.XATTR, () -> entry.path() + " (" + name + ": " + reason + ")");
    }
}
