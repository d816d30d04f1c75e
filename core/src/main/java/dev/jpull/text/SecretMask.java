// SPDX-License-Identifier: Apache-2.0
package dev.jpull.text;

import dev.jpull.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that are in use, so that they can be taken out of what a server says: it may repeat what it was sent. Found are the
 * values themselves, in any letter case, with the escapes of URLs, forms, JSON and HTML, in base64 (alone or within something
 * larger) and in hexadecimal. Values of less than 6 bytes are found in texts of servers alone, and only as whole words.
 *
 * <p>Bounded: of each kind of secret the newest are kept. Safe for use by several threads.
 */
public final class SecretMask {
    private static final int MAX_CONFIGURED = 512;
    private static final int MAX_RECEIVED = 64;
    private static final int MAX_LENGTH = 64 << 10;
    private static final int MAX_RECEIVED_LENGTH = 2 << 10;
    private static final int MAX_VIEWS = 3;
    private static final String STARS = "***";

    /** Values of headers that are in every message, and no secrets. */
    private static final Set<String> ORDINARY = Set.of("true", "false", "http", "https", "none", "yes", "no", "gzip");

    private final Map<String, Boolean> configured = new Newest(MAX_CONFIGURED);
    private final Map<String, Boolean> tokens = new Newest(MAX_RECEIVED);
    private final Map<String, Boolean> signatures = new Newest(MAX_RECEIVED);
    /** Made when a text is masked for the first time after something was added. */
    private @Nullable SecretPatterns patterns;

    /** The values that were added last. */
    private static final class Newest extends LinkedHashMap<String, Boolean> {
        private static final long serialVersionUID = 1L;

        private final int max;

        Newest(int max) {
            this.max = max;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > max;
        }
    }

    /** Knows no secret yet. */
    public SecretMask() {}

    /** A user and a password, which are also sent as one text. */
    public void addPassword(String user, Secret password) {
        if (!password.isEmpty()) {
            add(configured, password.reveal());
            add(configured, user + ":" + password.reveal());
        }
    }

    /** The value of a configured header: as a whole, and the credentials and cookies in it. */
    public void addHeader(Secret value) {
        String text = value.reveal();
        add(configured, text);
        for (String part : text.split("[\\s;,]+")) {
            int equals = part.indexOf('=');
            if (equals > 0 && part.length() - equals > SecretPatterns.MIN_LENGTH) {
                add(configured, part.substring(equals + 1));
            }
            if (part.length() >= SecretPatterns.MIN_LENGTH
                    && !part.equalsIgnoreCase("bearer")
                    && part.length() < text.length()) {
                add(configured, part);
            }
        }
        addBasic(text);
    }

    private void addBasic(String header) {
        if (header.regionMatches(true, 0, "Basic ", 0, 6)) {
            try {
                byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
                String pair = new String(decoded, StandardCharsets.UTF_8);
                int colon = pair.indexOf(':');
                addPassword(pair.substring(0, Math.max(0, colon)), Secret.of(pair.substring(colon + 1)));
            } catch (IllegalArgumentException e) {
                return; // it is hidden as it is
            }
        }
    }

    /** A token that a server gave. */
    public void addToken(Secret token) {
        add(tokens, token.reveal());
    }

    /** A part of a URL that a server gave, which may be a signature that opens it; short ones are not. */
    public void addSignature(@Nullable String value) {
        if (value != null && value.length() >= 16) {
            add(signatures, value);
        }
    }

    private synchronized void add(Map<String, Boolean> kind, String value) {
        String kept = value.length() > MAX_LENGTH ? value.substring(0, MAX_LENGTH) : value;
        if (!kept.isEmpty()
                && !ORDINARY.contains(kept.toLowerCase(Locale.ROOT))
                && kind.put(kept, Boolean.TRUE) == null) {
            patterns = null;
        }
    }

    /** The text with stars in the place of secrets. For texts that may be our own, or partly. */
    public String mask(String text) {
        return mask(text, false);
    }

    /** The text with stars in the place of secrets, short ones as well. For texts that a server wrote. */
    public String maskForeign(String text) {
        return mask(text, true);
    }

    private String mask(String text, boolean words) {
        SecretPatterns looked = patterns();
        if (text.isEmpty() || looked == null) {
            return text;
        }
        BitSet marked = new BitSet();
        DecodedText view = DecodedText.of(text);
        mark(looked, view, words, marked);
        // What is encoded twice is found too.
        for (int i = 0; i < MAX_VIEWS && view.hasEscapes(); i++) {
            mark(looked, view.undone(true), words, marked);
            view = view.undone(false);
            mark(looked, view, words, marked);
        }
        return marked.isEmpty() ? text : starred(text, marked);
    }

    private static void mark(SecretPatterns patterns, DecodedText view, boolean words, BitSet marked) {
        patterns.mark(view, marked);
        if (words) {
            patterns.markWords(view, marked);
        }
    }

    private static String starred(String text, BitSet marked) {
        StringBuilder starred = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int from = marked.nextSetBit(at);
            if (from < 0) {
                return starred.append(text, at, text.length()).toString();
            }
            starred.append(text, at, from).append(STARS);
            at = marked.nextClearBit(from);
        }
        return starred.toString();
    }

    private synchronized @Nullable SecretPatterns patterns() {
        if (configured.isEmpty() && tokens.isEmpty() && signatures.isEmpty()) {
            return null;
        }
        SecretPatterns known = patterns;
        if (known == null) {
            SecretPatterns made = new SecretPatterns();
            configured.keySet().forEach(value -> made.add(value, false));
            for (Map<String, Boolean> received : List.of(tokens, signatures)) {
                for (String value : received.keySet()) {
                    boolean tooLong = value.length() > MAX_RECEIVED_LENGTH;
                    made.add(tooLong ? value.substring(0, MAX_RECEIVED_LENGTH) : value, tooLong);
                }
            }
            patterns = made;
            known = made;
        }
        return known;
    }
}
