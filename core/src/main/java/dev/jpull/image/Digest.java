// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import dev.jpull.error.ReferenceException;
import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The digest of some content, such as {@code sha256:2cf24d…}: its name in registries and in the store. A value of this
 * type is always well-formed, so that it is safe in a URL and in a path (OCI image-spec, descriptor.md "Digests").
 *
 * @param algorithm the hash function
 * @param hex the hash in lower-case hexadecimal, of exactly the length that the algorithm has
 * @since 0.1.0
 */
public record Digest(Algorithm algorithm, String hex) implements Serializable {
    private static final Pattern GENERAL =
            Pattern.compile("[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+"); // image-spec grammar of any algorithm

    /** The hash functions that a digest may name. */
    public enum Algorithm {
        /** SHA-256, the one that registries use. */
        SHA256("SHA-256", 64),
        /** SHA-384. */
        SHA384("SHA-384", 96),
        /** SHA-512. */
        SHA512("SHA-512", 128);

        private final String jcaName;
        private final int hexLength;

        Algorithm(String jcaName, int hexLength) {
            this.jcaName = jcaName;
            this.hexLength = hexLength;
        }

        /** {@return the name in a digest: {@code sha256}, {@code sha384} or {@code sha512}} */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** {@return a new hash computation} */
        public MessageDigest newMessageDigest() {
            try {
                return MessageDigest.getInstance(jcaName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this Java runtime has no " + jcaName, e);
            }
        }

        private static @Nullable Algorithm of(String label) {
            for (Algorithm algorithm : values()) {
                if (algorithm.label().equals(label)) {
                    return algorithm;
                }
            }
            return null;
        }
    }

    /** What is wrong with a text that should be a digest. */
    public enum Flaw {
        /** Not of the form {@code algorithm:hex}, or not lower-case hexadecimal. */
        FORMAT,
        /** The hash is too short or too long for its algorithm. */
        LENGTH,
        /** The algorithm is none of {@link Algorithm}. */
        UNSUPPORTED
    }

    /**
     * Checks the parts.
     *
     * @throws ReferenceException if the hash is not well-formed
     */
    public Digest {
        Flaw flaw = flawOf(algorithm, hex);
        if (flaw != null) {
            throw new ReferenceException(describe(flaw, algorithm.label() + ":" + hex));
        }
    }

    /** Not generated: the first call of a generated one links method handles, which takes a tenth of the time of a small pull. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Digest that && algorithm == that.algorithm && hex.equals(that.hex);
    }

    @Override
    public int hashCode() {
        return hex.hashCode();
    }

    /**
     * Reads a digest.
     *
     * @param text a digest as {@code algorithm:hex}
     * @return the digest
     * @throws ReferenceException if the text is not a digest; the message says why
     */
    public static Digest parse(String text) {
        Flaw flaw = check(text);
        if (flaw != null) {
            throw new ReferenceException(describe(flaw, text));
        }
        int colon = text.indexOf(':');
        Algorithm algorithm = Algorithm.of(text.substring(0, colon));
        if (algorithm == null) {
            throw new IllegalStateException(text);
        }
        return new Digest(algorithm, text.substring(colon + 1));
    }

    /**
     * {@return what is wrong with the text, or null when it is a digest (go-digest {@code Validate})}
     *
     * @param text the text to check
     */
    public static @Nullable Flaw check(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || colon + 1 == text.length()) {
            return Flaw.FORMAT;
        }
        Algorithm algorithm = Algorithm.of(text.substring(0, colon));
        if (algorithm == null) {
            return GENERAL.matcher(text).matches() ? Flaw.UNSUPPORTED : Flaw.FORMAT;
        }
        return flawOf(algorithm, text.substring(colon + 1));
    }

    /**
     * {@return the SHA-256 digest of the content}
     *
     * @param content the bytes
     */
    public static Digest sha256(byte[] content) {
        return of(Algorithm.SHA256, Algorithm.SHA256.newMessageDigest().digest(content));
    }

    /**
     * {@return the digest with this hash value}
     *
     * @param algorithm the hash function
     * @param hash the value that the function has computed
     */
    public static Digest of(Algorithm algorithm, byte[] hash) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash));
    }

    /**
     * {@return whether the content has this digest}
     *
     * @param content the bytes
     */
    public boolean matches(byte[] content) {
        return of(algorithm, algorithm.newMessageDigest().digest(content)).equals(this);
    }

    /** {@return the first 12 digits of the hash, for messages} */
    public String shortHex() {
        return hex.substring(0, 12);
    }

    /** The digest as {@code algorithm:hex}. */
    @Override
    public String toString() {
        return algorithm.label() + ":" + hex;
    }

    private static @Nullable Flaw flawOf(Algorithm algorithm, String hex) {
        if (hex.length() != algorithm.hexLength) {
            return Flaw.LENGTH;
        }
        for (int i = 0; i < hex.length(); i++) {
            char c = hex.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return Flaw.FORMAT;
            }
        }
        return null;
    }

    private static String describe(Flaw flaw, String text) {
        String shown = text.length() > 160 ? text.substring(0, 160) + "…" : text;
        return switch (flaw) {
            case FORMAT -> "\"" + shown + "\" is not a digest: it must look like sha256:<64 lower-case hex digits>";
            case LENGTH -> "\"" + shown + "\" is not a digest: the hash has the wrong length for its algorithm";
            case UNSUPPORTED ->
                "\"" + shown + "\" uses a digest algorithm that is not supported (sha256, sha384 and sha512 are)";
        };
    }
}
