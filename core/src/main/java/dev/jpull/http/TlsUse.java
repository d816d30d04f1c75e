// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

/** What of TLS the first request of a process will need. */
public enum TlsUse {
    /** Nothing. */
    NONE,
    /** TLS with authorities that the program names: those of the Java runtime are not read. */
    NAMED_AUTHORITIES,
    /** TLS with the authorities of the Java runtime, which are some hundred certificates. */
    RUNTIME_AUTHORITIES
}
