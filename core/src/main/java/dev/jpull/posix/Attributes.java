// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** The attributes of one file, which are read and set without following a link. For use by one thread. */
public sealed interface Attributes permits OpenAttributes, NamedAttributes {
    /** All that the kernel knows about it. */
    FileStatus status() throws IOException;

    /** Sets the permissions with set-user-ID, set-group-ID and sticky bits, within 07777. The umask has no effect. */
    void setMode(int mode) throws IOException;

    /** Sets owner and group; the kernel removes set-user-ID and set-group-ID bits. */
    void setOwner(long uid, long gid) throws IOException;

    /** Sets both times, to the nanosecond where the file system has them; it cuts off what is outside of its range. */
    void setTimes(Instant accessed, Instant modified) throws IOException;

    /** Sets an extended attribute, such as {@code user.mime_type}. */
    void setXattr(byte[] name, byte[] value) throws IOException;

    /** The value of an extended attribute. */
    byte[] xattr(byte[] name) throws IOException;

    /** The names of the extended attributes that the process may see; none where the file system supports none. */
    List<byte[]> xattrNames() throws IOException;

    /** Removes an extended attribute. */
    void removeXattr(byte[] name) throws IOException;
}
