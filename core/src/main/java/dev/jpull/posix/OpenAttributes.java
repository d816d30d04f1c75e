// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** The attributes of a file or directory that is open. */
final class OpenAttributes implements Attributes {
    private static final byte[] SELF = {'.'};

    private final Descriptor descriptor;

    OpenAttributes(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    @Override
    public FileStatus status() throws IOException {
        return FileStatus.of(descriptor.number(), Names.EMPTY, Abi.EMPTY_PATH);
    }

    @Override
    public void setMode(int mode) throws IOException {
        if (Libc.fchmod(descriptor.number(), mode) < 0) {
            throw Errno.failure(SELF);
        }
    }

    @Override
    public void setOwner(long uid, long gid) throws IOException {
        if (Libc.fchownat(descriptor.number(), Names.EMPTY, (int) uid, (int) gid, Abi.EMPTY_PATH) < 0) {
            throw Errno.failure(SELF);
        }
    }

    @Override
    public void setTimes(Instant accessed, Instant modified) throws IOException {
        if (Libc.futimens(descriptor.number(), NamedAttributes.times(accessed, modified)) < 0) {
            throw Errno.failure(SELF);
        }
    }

    @Override
    public void setXattr(byte[] name, byte[] value) throws IOException {
        if (Libc.fsetxattr(descriptor.number(), Names.text(name), value, value.length, 0) < 0) {
            throw Errno.failure(name);
        }
    }

    @Override
    public byte[] xattr(byte[] name) throws IOException {
        byte[] terminated = Names.text(name);
        return Xattrs.value(name, buffer -> Libc.fgetxattr(descriptor.number(), terminated, buffer, buffer.length));
    }

    @Override
    public List<byte[]> xattrNames() throws IOException {
        return Xattrs.names(SELF, buffer -> Libc.flistxattr(descriptor.number(), buffer, buffer.length));
    }

    @Override
    public void removeXattr(byte[] name) throws IOException {
        if (Libc.fremovexattr(descriptor.number(), Names.text(name)) < 0) {
            throw Errno.failure(name);
        }
    }
}
