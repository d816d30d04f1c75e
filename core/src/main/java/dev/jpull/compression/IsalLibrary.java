// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The functions of ISA-L that inflate, mapped directly. With {@link IsalInflater} it has the only references of this package
 * to JNA. Loading it fails with a {@link LinkageError} where JNA or the library is missing.
 */
@SuppressWarnings("checkstyle:MethodName")
final class IsalLibrary {
    /** The name with the version of the binary interface that the offsets in {@link IsalInflater} belong to. */
    private static final String NAME = "libisal.so.2";

    static {
        Native.register(IsalLibrary.class, NAME);
    }

    private IsalLibrary() {}

    static native void isal_inflate_init(Pointer state);

    static native int isal_inflate(Pointer state);
}
