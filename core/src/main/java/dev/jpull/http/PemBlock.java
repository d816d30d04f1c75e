// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * One block of a PEM file, as in RFC 7468, with the header lines of RFC 1421 that traditional keys have.
 *
 * @param kind what its first line names, such as CERTIFICATE
 * @param line where it begins, from 1
 * @param lines all of its lines, the first and the last included
 */
record PemBlock(String kind, int line, List<String> lines) {
    private static final String BEGIN = "-----BEGIN ";
    private static final String DASHES = "-----";

    /**
     * The blocks of a text, in order; what is outside of blocks is skipped.
     *
     * @throws IOException if a block has no end
     */
    static List<PemBlock> of(String text) throws IOException {
        List<String> lines = text.lines().toList();
        List<PemBlock> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String first = lines.get(i).stripTrailing();
            if (!first.startsWith(BEGIN)
                    || !first.endsWith(DASHES)
                    || first.length() < BEGIN.length() + DASHES.length()) {
                continue;
            }
            String kind = first.substring(BEGIN.length(), first.length() - DASHES.length());
            String last = "-----END " + kind + DASHES;
            int end = i + 1;
            while (end < lines.size() && !lines.get(end).startsWith(last)) {
                end++;
            }
            if (end == lines.size()) {
                throw new IOException("line " + (i + 1) + " begins " + kind + ", and no line \"" + last + "\" ends it");
            }
            blocks.add(new PemBlock(kind, i + 1, lines.subList(i, end + 1)));
            i = end;
        }
        return blocks;
    }

    /** Whether a password protects the content. */
    boolean encrypted() {
        return kind.equals("ENCRYPTED PRIVATE KEY")
                || lines.stream().anyMatch(each -> each.startsWith("Proc-Type:") && each.contains("ENCRYPTED"));
    }

    /**
     * The content of a block without header lines.
     *
     * @throws IllegalArgumentException if it is not Base64
     */
    byte[] content() {
        StringBuilder text = new StringBuilder();
        lines.subList(1, lines.size() - 1).forEach(each -> text.append(each.strip()));
        return Base64.getDecoder().decode(text.toString());
    }
}
