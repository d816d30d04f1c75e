// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads whole archives, for tests. */
final class Reading {
    private Reading() {}

    /** An entry with its content, holes filled. */
    record Read(TarEntry entry, byte[] content) {
        String path() {
            return entry.path().text();
        }

        String text() {
            return new String(content, StandardCharsets.ISO_8859_1);
        }
    }

    static List<Read> all(byte[] archive) throws IOException {
        return all(new ByteArrayInputStream(archive), TarLimits.DEFAULT);
    }

    static List<Read> all(InputStream archive, TarLimits limits) throws IOException {
        List<Read> entries = new ArrayList<>();
        try (TarReader reader = new TarReader(archive, limits)) {
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                entries.add(new Read(entry, content(reader, entry)));
            }
            reader.drain();
        }
        return entries;
    }

    static TarEntry only(Archive archive) throws IOException {
        List<Read> entries = all(archive.ended());
        if (entries.size() != 1) {
            throw new AssertionError("entries: " + entries);
        }
        return entries.get(0).entry();
    }

    private static byte[] content(TarReader reader, TarEntry entry) throws IOException {
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        byte[] buffer = new byte[1000];
        for (int n = reader.read(buffer, 0, buffer.length); n >= 0; n = reader.read(buffer, 0, buffer.length)) {
            stored.write(buffer, 0, n);
        }
        SparseMap map = entry.sparse();
        if (map == null || map.size() > 64 << 20) {
            return stored.toByteArray();
        }
        byte[] content = new byte[(int) map.size()];
        int at = 0;
        for (SparseMap.Chunk chunk : map.chunks()) {
            System.arraycopy(stored.toByteArray(), at, content, (int) chunk.offset(), (int) chunk.length());
            at += (int) chunk.length();
        }
        return content;
    }
}
