// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.error.FailureKind;

/** The exit codes of the command; part of its contract. */
final class ExitCode {
    static final int UNEXPECTED = 1;

    /** As diff has it: the two configurations of {@code jpull hosts diff} differ. */
    static final int DIFFERENT = 1;

    static final int USAGE = 2;
    static final int CONFIGURATION = 3;
    static final int OUTPUT = 8;
    static final int INTERRUPTED = 130;

    /** As a shell reports a command that was ended by SIGPIPE; Java ignores that signal. */
    static final int CLOSED_PIPE = 141;

    private ExitCode() {}

    static int of(FailureKind kind) {
        return switch (kind) {
            case USAGE -> USAGE;
            case CONFIGURATION -> CONFIGURATION;
            case ACCESS_DENIED -> 4;
            case NOT_FOUND -> 5;
            case UNAVAILABLE -> 6;
            case INTEGRITY -> 7;
            case STORE -> 8;
            case LOCK -> 9;
            case CANCELLED -> INTERRUPTED;
            case INTERNAL -> UNEXPECTED;
        };
    }
}
