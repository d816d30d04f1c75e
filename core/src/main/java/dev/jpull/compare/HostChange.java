// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compare;

import dev.jpull.finding.SourcePosition;
import dev.jpull.text.ForeignText;

/**
 * A difference between two configurations for one image or more.
 *
 * @param kind what differs
 * @param sign whether something was added, removed or changed
 * @param dangerous whether bytes come from another place, or are protected less, or credentials go to another place
 * @param message what differs: a part of a sentence
 * @param before where the old setting is written; the built-in position when there is none
 * @param after where the new setting is written
 */
public record HostChange(
        Kind kind, Sign sign, boolean dangerous, String message, SourcePosition before, SourcePosition after) {
    /** Makes harmless what a file has a part in. */
    public HostChange {
        message = ForeignText.message(message);
    }

    /** What differs. */
    public enum Kind {
        /** The image can no longer be pulled, or could not before. */
        USABLE,
        /** An image without a registry means another image. */
        SHORT_NAMES,
        /** A host is asked that was not asked before, or no longer. */
        HOST,
        /** The registry itself, or a public registry, is asked that was not asked before, or no longer. */
        UPSTREAM,
        /** Plain HTTP instead of TLS, or the reverse. */
        PROTECTION,
        /** The certificate of a host is verified, or is not. */
        VERIFICATION,
        /** Certificate authorities. */
        AUTHORITIES,
        /** Credentials that the configuration has. */
        CREDENTIALS,
        /** The proxy in front of a host. */
        PROXY,
        /** The path at a host, or the name of the repository there. */
        PATH,
        /** The same rules of a host for the names of repositories, in another form. */
        RENAMING,
        /** The hosts have another order. */
        ORDER,
        /** What a host may be asked for. */
        CAPABILITIES,
        /** Whether a host is asked for referrers. */
        REFERRERS,
        /** Client certificates. */
        CLIENT_CERTIFICATES,
        /** Headers. */
        HEADERS,
        /** How long jpull waits. */
        TIMEOUT,
        /** Whether requests name the registry that a proxy stands in for. */
        NAMESPACE_PARAMETER
    }

    /** Whether something was added, removed or changed. */
    public enum Sign {
        /** Something new. */
        ADDED('+'),
        /** Something that is gone. */
        REMOVED('-'),
        /** Something that is different. */
        CHANGED('~');

        private final char symbol;

        Sign(char symbol) {
            this.symbol = symbol;
        }

        /** The character for it at the beginning of a line. */
        public char symbol() {
            return symbol;
        }
    }
}
