// SPDX-License-Identifier: Apache-2.0
package dev.jpull.text;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The forms in which secrets turn up, found in one pass over a text. Immutable once it is shared. */
final class SecretPatterns {
    /** What is shorter is hidden only where it is a word of its own: it is in every other text by chance. */
    static final int MIN_LENGTH = 6;

    private static final int HEAD = 4;
    private static final byte[] ELLIPSIS = "…".getBytes(StandardCharsets.UTF_8);

    private final Map<Integer, List<Pattern>> byHead = new HashMap<>();
    private final List<byte[]> words = new ArrayList<>();
    private final Set<String> known = new HashSet<>();

    /**
     * One form of a secret.
     *
     * @param bytes what is looked for, in lower case
     * @param encoded whether it is the middle of an encoded text; the ends of that text are hidden with it
     */
    private record Pattern(byte[] bytes, boolean encoded) {}

    /**
     * Adds all forms of a secret.
     *
     * @param isBeginning whether more follows that is hidden too, as far as it looks like a token
     */
    void add(String secret, boolean isBeginning) {
        byte[] utf8 = secret.getBytes(StandardCharsets.UTF_8);
        addBytes(utf8, isBeginning);
        Charset header = StandardCharsets.ISO_8859_1; // in which HTTP encodes user and password
        if (utf8.length != secret.length() && header.newEncoder().canEncode(secret)) {
            addBytes(secret.getBytes(header), isBeginning);
        }
    }

    private void addBytes(byte[] secret, boolean isBeginning) {
        if (secret.length < MIN_LENGTH) {
            words.add(folded(secret));
        } else {
            put(secret, isBeginning);
            StringBuilder hex = new StringBuilder();
            for (byte each : secret) {
                hex.append(Character.forDigit(each >> 4 & 15, 16)).append(Character.forDigit(each & 15, 16));
            }
            put(hex.toString().getBytes(StandardCharsets.US_ASCII), isBeginning);
        }
        for (int before = 0; before < 3; before++) {
            byte[] shifted = new byte[before + secret.length];
            System.arraycopy(secret, 0, shifted, before, secret.length);
            int from = (8 * before + 5) / 6;
            int to = 8 * shifted.length / 6;
            if (to - from >= MIN_LENGTH) {
                for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
                    put(Arrays.copyOfRange(encoder.encode(shifted), from, to), true);
                }
            }
        }
    }

    private void put(byte[] form, boolean encoded) {
        byte[] folded = folded(form);
        if (known.add(new String(folded, StandardCharsets.ISO_8859_1) + encoded)) {
            byHead.computeIfAbsent(head(folded), unseen -> new ArrayList<>()).add(new Pattern(folded, encoded));
        }
    }

    private static byte[] folded(byte[] bytes) {
        byte[] folded = bytes.clone();
        for (int i = 0; i < folded.length; i++) {
            folded[i] = DecodedText.fold(folded[i]);
        }
        return folded;
    }

    private static int head(byte[] bytes) {
        return bytes[0] << 24 | (bytes[1] & 255) << 16 | (bytes[2] & 255) << 8 | bytes[3] & 255;
    }

    /** Marks the characters of a text that are part of a secret; of one that is cut off with an ellipsis as well. */
    void mark(DecodedText text, BitSet marked) {
        int end = text.length();
        boolean cut = end >= ELLIPSIS.length && startsWith(text, end - ELLIPSIS.length, end, ELLIPSIS, false);
        if (cut) {
            end -= ELLIPSIS.length;
        }
        int head = 0;
        int hidden = 0; // up to where ends were looked for, so that a text of nothing else is gone through once
        for (int i = 0; i < end; i++) {
            head = head << 8 | text.at(i) & 255;
            int start = i - HEAD + 1;
            List<Pattern> candidates = start < 0 ? null : byHead.get(head);
            if (candidates != null) {
                for (Pattern pattern : candidates) {
                    if ((!pattern.encoded() || start >= hidden) && startsWith(text, start, end, pattern.bytes(), cut)) {
                        int stop = Math.min(end, start + pattern.bytes().length);
                        hidden = Math.max(hidden, mark(text, start, stop, end, pattern.encoded(), marked));
                    }
                }
            }
        }
    }

    /** Marks secrets that are too short to be looked for anywhere, where they are words of their own. */
    void markWords(DecodedText text, BitSet marked) {
        for (byte[] word : words) {
            for (int i = 0; i + word.length <= text.length(); i++) {
                if ((i == 0 || !isWordPart(text.at(i - 1)))
                        && startsWith(text, i, text.length(), word, false)
                        && (i + word.length == text.length() || !isWordPart(text.at(i + word.length)))) {
                    marked.set(text.start(i), text.start(i + word.length));
                }
            }
        }
    }

    /** Returns up to where it is marked with the ends of an encoded secret, or 0. */
    private static int mark(DecodedText text, int start, int stop, int end, boolean encoded, BitSet marked) {
        int from = start;
        int to = stop;
        while (encoded && from > 0 && isTokenPart(text.at(from - 1))) {
            from--;
        }
        while (encoded && to < end && isTokenPart(text.at(to))) {
            to++;
        }
        marked.set(text.start(from), text.start(to));
        return encoded ? to : 0;
    }

    private static boolean startsWith(DecodedText text, int at, int end, byte[] form, boolean cut) {
        int length = Math.min(form.length, end - at);
        if (length < form.length && !cut) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.at(at + i) != form[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWordPart(byte c) {
        return c < 0 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z';
    }

    private static boolean isTokenPart(byte c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || "+/=_-.~".indexOf(c) >= 0;
    }
}
