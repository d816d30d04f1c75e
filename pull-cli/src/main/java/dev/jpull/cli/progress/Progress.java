// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import dev.jpull.event.PullListener;
import java.io.PrintWriter;

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

    /** A listener that shows it. */
    public PullListener listener(PrintWriter err) {
        return switch (this) {
            case AUTO -> Terminal.isStandardError() ? new ProgressBars(HarmlessWriter.raw(err)) : new PlainLines(err);
            case TTY -> new ProgressBars(HarmlessWriter.raw(err));
            case PLAIN -> new PlainLines(err);
            case JSON -> new JsonLines(err);
            case NONE -> new Warnings(err);
        };
    }
}
