// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;

/**
 * What speaks TLS for the command: BoringSSL by Conscrypt, which is fast from the first byte, or JSSE, the TLS of Java, where its
 * library cannot be loaded and where the user asks for that. The library is loaded with the first call. Safe for use by several
 * threads.
 */
final class CommandTls implements Supplier<Provider> {
    /** The environment variable by which the user chooses. */
    static final String VARIABLE = "JPULL_TLS";

    private static final String NATIVE = "native";
    private static final String JSSE = "jsse";

    private final boolean nativeWanted;

    @GuardedBy("this")
    private @Nullable Loaded loaded;

    /**
     * A choice that is made.
     *
     * @param provider speaks TLS
     * @param description its name, and why it is not the other one
     */
    private record Loaded(Provider provider, String description) {}

    private CommandTls(boolean nativeWanted) {
        this.nativeWanted = nativeWanted;
    }

    /** What the environment of this process asks for. */
    static CommandTls ofEnvironment() {
        return of(System.getenv(VARIABLE));
    }

    /**
     * What a value of the variable asks for.
     *
     * @param setting {@code jsse}; or null, empty or {@code native} for BoringSSL where it can be loaded
     */
    static CommandTls of(@Nullable String setting) {
        return new CommandTls(!JSSE.equals(setting));
    }

    /** What is wrong with a value of the variable, or null. */
    static @Nullable String problem(@Nullable String setting) {
        return setting == null || setting.isEmpty() || setting.equals(NATIVE) || setting.equals(JSSE)
                ? null
                : VARIABLE + " has to be " + NATIVE + " or " + JSSE;
    }

    @Override
    public Provider get() {
        return loaded().provider;
    }

    /** What is used, with its version; and the reason where it is not what was asked for. */
    String description() {
        return loaded().description;
    }

    private synchronized Loaded loaded() {
        Loaded known = loaded;
        if (known == null) {
            known = nativeWanted ? nativeIfPossible() : jsse("JSSE");
            loaded = known;
        }
        return known;
    }

    private static Loaded nativeIfPossible() {
        String problem = NativeLibraries.problem();
        if (problem != null) {
            return jsse("JSSE, because the native library cannot be loaded: " + problem);
        }
        try {
            Provider conscrypt =
                    Conscrypt.newProviderBuilder().provideTrustManager(false).build();
            return new Loaded(conscrypt, "BoringSSL, by Conscrypt " + versionOf(Conscrypt.version()));
        } catch (LinkageError e) {
            // Another system, processor or C library, or a file that may not be executed.
            return jsse("JSSE, because the native library cannot be loaded: " + e.getMessage());
        }
    }

    private static String versionOf(Conscrypt.Version version) {
        return version.major() + "." + version.minor() + "." + version.patch();
    }

    private static Loaded jsse(String description) {
        try {
            return new Loaded(SSLContext.getInstance("TLS").getProvider(), description);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }
}
