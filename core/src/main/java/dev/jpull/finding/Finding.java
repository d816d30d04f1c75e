// SPDX-License-Identifier: Apache-2.0
package dev.jpull.finding;

import dev.jpull.text.ForeignText;

/**
 * An error, a warning or a note about a registry configuration.
 *
 * @param severity how bad it is
 * @param code a stable name in kebab-case, for programs
 * @param position where it is
 * @param message what is there, and what it means
 * @param runtime the program that the configuration is for
 * @param behaviour what that program does with it; empty when there is nothing special about that
 * @param remedy what to do about it
 * @since 0.1.0
 */
public record Finding(
        Severity severity,
        String code,
        SourcePosition position,
        String message,
        ContainerRuntime runtime,
        String behaviour,
        String remedy) {
    /** Makes harmless what a file has a part in. */
    public Finding {
        message = ForeignText.message(message);
        behaviour = ForeignText.message(behaviour);
        remedy = ForeignText.message(remedy);
    }

    /** How bad a finding is. */
    public enum Severity {
        /** The configuration cannot be used. */
        ERROR,
        /** The configuration can be used, but probably differs from the intention. */
        WARNING,
        /** A note: the configuration works as it is written. */
        INFO
    }

    /** {@return whether the configuration cannot be used because of it} */
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** The finding as one human-readable line, without its severity. */
    @Override
    public String toString() {
        return position + ": " + message + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}
