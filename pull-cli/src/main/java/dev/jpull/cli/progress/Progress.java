// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import dev.jpull.event.PullListener;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** The forms of progress. */
public enum Progress {
    /** Bars on a terminal, lines elsewhere. */
    AUTO,
    /** Bars. */
    TTY,
    /** Lines. */
    PLAIN,
    /** One JSON object a line. */
    JSON,
    /** Only warnings and fallbacks. */
    NONE;

    /** The form of a name in lower case; null for any other text. */
    public static @Nullable Progress ofName(String name) {
        return switch (name) {
            case "auto" -> AUTO;
            case "tty" -> TTY;
            case "plain" -> PLAIN;
            case "json" -> JSON;
            case "none" -> NONE;
            default -> null;
        };
    }

    /** A listener that shows it. */
    public PullListener listener(PrintWriter err) {
        return switch (this) {
            case NONE -> new Warnings(err);
            default -> listener(err, PlainLines::describe);
        };
    }

    /** A listener that shows it for many images: a line for each, and warnings that all of them have in common once. */
    public PullListener listenerOfMany(PrintWriter err) {
        return this == NONE ? new PlainLines(err, new ImageLines(true)) : listener(err, new ImageLines(false));
    }

    private PullListener listener(PrintWriter err, EventLines lines) {
        boolean bars = this == TTY || this == AUTO && Terminal.isStandardError();
        return this == JSON
                ? new JsonLines(err)
                : bars ? new ProgressBars(HarmlessWriter.raw(err), lines) : new PlainLines(err, lines);
    }
}
