// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the names of an open directory batch by batch, so that its memory does not depend on how many there are. What is added or
 * removed meanwhile may or may not be read. Two listings of one open directory share their position. For use by one thread.
 */
public final class DirectoryListing {
    private static final int BATCH_LENGTH = 32 * 1024;
    private static final int NAME = 19;
    private static final byte UNKNOWN = 0;
    private static final byte DIRECTORY = 4;

    private final Descriptor directory;
    private final byte[] batch = new byte[BATCH_LENGTH];

    DirectoryListing(Descriptor directory) throws IOException {
        this.directory = directory;
        rewind();
    }

    /**
     * A name.
     *
     * @param name the name
     * @param directory whether it is a directory, or null where the file system does not say
     */
    public record Entry(byte[] name, @Nullable Boolean directory) {}

    /** Starts again. */
    public void rewind() throws IOException {
        if (Libc.lseek(directory.number(), 0, 0) < 0) {
            throw Errno.failure(Names.SELF);
        }
    }

    /** The next names, without {@code .} and {@code ..}; an empty list after the last. */
    public List<Entry> next() throws IOException {
        List<Entry> entries = new ArrayList<>();
        while (entries.isEmpty()) {
            long length = Libc.syscall(Abi.HERE.getdents64(), directory.number(), batch, batch.length);
            if (length < 0) {
                throw Errno.failure(Names.SELF);
            }
            if (length == 0) {
                break;
            }
            parse((int) length, entries);
        }
        return entries;
    }

    private void parse(int length, List<Entry> entries) {
        ByteBuffer records = ByteBuffer.wrap(batch).order(ByteOrder.nativeOrder());
        int at = 0;
        while (at < length) {
            int next = at + Short.toUnsignedInt(records.getShort(at + 16));
            byte type = batch[at + 18];
            int end = at + NAME;
            while (batch[end] != 0) {
                end++;
            }
            byte[] name = Arrays.copyOfRange(batch, at + NAME, end);
            if (!isDots(name)) {
                entries.add(new Entry(name, type == UNKNOWN ? null : Boolean.valueOf(type == DIRECTORY)));
            }
            at = next;
        }
    }

    private static boolean isDots(byte[] name) {
        return name[0] == '.' && (name.length == 1 || name.length == 2 && name[1] == '.');
    }
}
