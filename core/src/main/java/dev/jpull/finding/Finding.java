// SPDX-License-Identifier: Apache-2.0
package dev.jpull.finding;

import dev.jpull.text.ForeignText;

/**
 * Something in a host configuration that its owner should know.
 *
 * @param severity how bad it is
 * @param code a stable name in kebab-case, for programs
 * @param position where it is
 * @param message what is there, and what it means
 * @param containerd what containerd does with it; empty when there is nothing special about that
 * @param remedy what to do about it
 */
public record Finding(
        Severity severity, String code, SourcePosition position, String message, String containerd, String remedy) {
    /** Makes harmless what a file has a part in. */
    public Finding {
        message = ForeignText.message(message);
        containerd = ForeignText.message(containerd);
        remedy = ForeignText.message(remedy);
    }

    /** How bad a finding is. */
    public enum Severity {
        /** The configuration cannot be used. */
        ERROR,
        /** The configuration can be used, but probably does not say what its owner means. */
        WARNING,
        /** Good to know. */
        INFO
    }

    /** Whether the configuration cannot be used because of it. */
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** The finding as one human-readable line, without its severity. */
    @Override
    public String toString() {
        return position + ": " + message + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}
