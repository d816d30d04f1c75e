// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

/** The terminal behind the outputs. Java cannot ask for it, so the launcher does, and passes on what it saw. */
public final class Terminal {
    private static final int DEFAULT_COLUMNS = 80;
    private static final int DEFAULT_ROWS = 24;

    private Terminal() {}

    /** Whether standard output is a terminal, where content of others must not go as it is. */
    public static boolean isStandardOutput() {
        return Boolean.getBoolean("jpull.outputTerminal");
    }

    static boolean isStandardError() {
        return Boolean.getBoolean("jpull.terminal") && !"dumb".equals(System.getenv("TERM"));
    }

    static int columns() {
        int columns = Integer.getInteger("jpull.columns", DEFAULT_COLUMNS);
        return columns >= 20 ? columns : DEFAULT_COLUMNS;
    }

    static int rows() {
        int rows = Integer.getInteger("jpull.rows", DEFAULT_ROWS);
        return rows >= 5 ? rows : DEFAULT_ROWS;
    }
}
