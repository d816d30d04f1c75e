// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The functions of ISA-L that inflate, mapped directly. With {@link IsalInflater} it has the only references of this package
 * to JNA. Binding it fails with a {@link LinkageError} where JNA or the library is missing.
 */
@SuppressWarnings("checkstyle:MethodName")
final class IsalLibrary {
    /** The name with the version of the binary interface that the offsets in {@link IsalInflater} belong to. */
    private static final String NAME = "libisal.so.2";

    private static boolean bound;

    private IsalLibrary() {}

    /** Binds the functions if they are not. */
    static synchronized void bind() {
        if (!bound) {
            Native.register(IsalLibrary.class, NAME);
            bound = true;
        }
    }

    /** Undoes that: JNA refers to a bound class in a way that keeps its class loader. */
    static synchronized void release() {
        if (bound) {
            Native.unregister(IsalLibrary.class);
            NativeLibrary.getInstance(NAME).close();
            bound = false;
        }
    }

    static native void isal_inflate_init(Pointer state);

    static native int isal_inflate(Pointer state);
}
