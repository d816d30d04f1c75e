// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import dev.jpull.text.ForeignText;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What inflates gzip layers. Immutable, for any number of threads and streams. */
public final class InflateEngine {
    private static final InflateEngine JAVA = new InflateEngine("java", JavaInflater::new);

    private final String name;
    private final Supplier<RawInflater> inflaters;

    private InflateEngine(String name, Supplier<RawInflater> inflaters) {
        this.name = name;
        this.inflaters = inflaters;
    }

    /** The inflater of the JDK, which is always there. */
    public static InflateEngine java() {
        return JAVA;
    }

    /**
     * The one that a setting names. Whether ISA-L can be used is found out once for a process, which takes some 60 ms if JNA
     * was not used before. ISA-L accepts a few damaged streams that the JDK refuses, with the content that their checksum says.
     *
     * @param setting {@code java}; {@code isal}, the library of that name by JNA, which is 1.8 times as fast; {@code auto}, ISA-L if it can be
     *     used, else that of the JDK
     * @throws IllegalArgumentException if it is another word, or {@code isal} where that cannot be used
     */
    public static InflateEngine of(String setting) {
        return switch (setting) {
            case "java" -> JAVA;
            case "auto" -> Isal.REFUSAL == null ? Isal.ENGINE : JAVA;
            case "isal" -> {
                if (Isal.REFUSAL != null) {
                    throw new IllegalArgumentException(
                            "ISA-L cannot inflate layers here: " + Isal.REFUSAL + "; use auto or java");
                }
                yield Isal.ENGINE;
            }
            default ->
                throw new IllegalArgumentException(
                        "\"" + setting + "\" is no engine that inflates layers: use auto, java or isal");
        };
    }

    /** Lets go of the native code, until it is needed again. No inflater may be in use. */
    public static void release() {
        IsalLibrary.release();
    }

    RawInflater open() {
        return inflaters.get();
    }

    /** The setting that chooses it. */
    @Override
    public String toString() {
        return name;
    }

    /** Initialised when a setting allows ISA-L, and not before. */
    private static final class Isal {
        static final InflateEngine ENGINE = new InflateEngine("isal", () -> new IsalInflater());
        /** Why it cannot be used; null if it can. */
        static final @Nullable String REFUSAL = refusal();

        private static @Nullable String refusal() {
            try {
                return IsalSelfTest.run();
            } catch (VirtualMachineError e) {
                throw e;
            } catch (Error e) { // a LinkageError; JNA throws a plain Error where another version of its native part is
                // installed
                return "net.java.dev.jna:jna or libisal.so.2 (Debian: libisal2) is missing or cannot be loaded: "
                        + ForeignText.line(String.valueOf(e.getMessage()));
            }
        }
    }
}
