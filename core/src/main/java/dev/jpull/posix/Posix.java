// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import dev.jpull.text.ForeignText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether system calls can be made, and for which user. */
public final class Posix {
    private static final String SYSTEM = System.getProperty("os.name", "");
    private static final String ARCHITECTURE = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);

    private Posix() {}

    /** Made when the first system call is needed; null before, and after {@link #release}. */
    private static volatile @Nullable Binding binding;

    /** How {@link Libc} was bound. */
    private record Binding(@Nullable Throwable failure) {
        private static Binding make() {
            try {
                Native.register(Libc.class, NativeLibrary.getProcess());
                return new Binding(null);
            } catch (LinkageError | RuntimeException e) {
                return new Binding(e); // every call of require() reports it
            }
        }
    }

    private static Binding binding() {
        Binding made = binding;
        return made != null ? made : bind();
    }

    private static synchronized Binding bind() {
        Binding made = binding;
        if (made == null) {
            made = Binding.make();
            binding = made;
        }
        return made;
    }

    /**
     * Undoes the binding until the next call of {@link #require}: JNA refers to the bound class in a way that keeps its class loader.
     * No system call may be running.
     */
    public static synchronized void release() {
        Binding made = binding;
        if (made != null && made.failure() == null) {
            Native.unregister(Libc.class);
            NativeLibrary.getProcess().close();
            binding = null;
        }
    }

    /**
     * Makes sure that system calls can be made.
     *
     * @throws PosixUnavailableException if the system is not Linux on x86-64 or aarch64, or JNA is missing or cannot be loaded; the
     *     message says what to do
     */
    public static void require() throws PosixUnavailableException {
        if (!SYSTEM.equals("Linux") || !(isX86() || isAarch64())) {
            throw new PosixUnavailableException(
                    "unpacking needs Linux on x86-64 or aarch64, and this is " + SYSTEM + " on " + ARCHITECTURE, null);
        }
        Throwable failure = binding().failure();
        if (failure == null) {
            return;
        }
        if (failure instanceof NoClassDefFoundError
                && String.valueOf(failure.getMessage()).contains("com/sun/jna/Native")
                && !(failure.getCause() instanceof ExceptionInInitializerError)) {
            throw new PosixUnavailableException(
                    "unpacking needs JNA: add the artifact net.java.dev.jna:jna to the class path or the module path, on the latter"
                            + " with --add-modules com.sun.jna",
                    failure);
        }
        throw new PosixUnavailableException(
                "unpacking needs JNA, whose native file cannot be loaded ("
                        + ForeignText.line(String.valueOf(failure.getMessage()))
                        + "): it is written to a temporary directory first; where that is read-only or mounted with noexec, name"
                        + " another with -Djna.tmpdir=DIRECTORY",
                failure);
    }

    private static boolean isX86() {
        return ARCHITECTURE.equals("amd64") || ARCHITECTURE.equals("x86_64");
    }

    static boolean isAarch64() {
        return ARCHITECTURE.equals("aarch64");
    }

    /**
     * The effective user of the process.
     *
     * @throws PosixUnavailableException as {@link #require}
     */
    public static long effectiveUser() throws PosixUnavailableException {
        require();
        return Integer.toUnsignedLong(Libc.geteuid());
    }

    /**
     * The effective group of the process.
     *
     * @throws PosixUnavailableException as {@link #require}
     */
    public static long effectiveGroup() throws PosixUnavailableException {
        require();
        return Integer.toUnsignedLong(Libc.getegid());
    }
}
