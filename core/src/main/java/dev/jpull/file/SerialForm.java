// SPDX-License-Identifier: Apache-2.0
package dev.jpull.file;

import java.io.InvalidObjectException;
import java.util.function.Supplier;

/** Makes values of serialized forms. What a stream has may be changed, or made to do harm. */
public final class SerialForm {
    private SerialForm() {}

    /**
     * Makes a value with the checks of its constructor.
     *
     * @param what the value, for the message, such as "an image"
     * @param value makes it
     * @throws InvalidObjectException if the constructor refuses what was read
     */
    public static <T> T read(String what, Supplier<T> value) throws InvalidObjectException {
        try {
            return value.get();
        } catch (RuntimeException e) { // a list may have elements of any class
            InvalidObjectException invalid =
                    new InvalidObjectException("the serialized form of " + what + " is not valid");
            invalid.initCause(e);
            throw invalid;
        }
    }
}
