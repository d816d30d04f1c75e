// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.net.UnknownHostException;

/** The policy does not let a connection go to an address; of the only type that a lookup of names may throw. */
final class ForbiddenAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    ForbiddenAddressException(String message) {
        super(message);
    }
}
