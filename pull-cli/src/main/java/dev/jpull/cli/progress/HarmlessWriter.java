// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import dev.jpull.PrintableText;
import java.io.PrintWriter;

/**
 * Escapes control and formatting characters in everything that is printed on a terminal, into a log or for a program that
 * reads JSON, and keeps each printed line one line. The escapes are those of JSON and TOML, so that documents keep their
 * meaning. Intended control sequences go to {@link #raw}.
 */
public final class HarmlessWriter extends PrintWriter {
    private final PrintWriter raw;

    /**
     * A guard before a writer.
     *
     * @param flushesLines whether a line is flushed when it ends
     */
    public HarmlessWriter(PrintWriter raw, boolean flushesLines) {
        super(raw, flushesLines);
        this.raw = raw;
    }

    /**
     * The writer behind the guard, if there is one: for control sequences, for text that is harmless already, and for content that a
     * program asks for as it is.
     */
    public static PrintWriter raw(PrintWriter writer) {
        return writer instanceof HarmlessWriter guard ? guard.raw : writer;
    }

    @Override
    public void println(String line) {
        super.println(oneLine(String.valueOf(line)));
    }

    @Override
    public void println(Object line) {
        super.println(oneLine(String.valueOf(line)));
    }

    private static String oneLine(String text) {
        return text.indexOf('\n') < 0
                ? text
                : text.replace("\r\n", "\n").stripTrailing().replace('\n', ' ');
    }

    @Override
    public void write(int c) {
        write(String.valueOf((char) c));
    }

    @Override
    public void write(char[] text, int from, int length) {
        write(new String(text, from, length));
    }

    @Override
    public void write(String text, int from, int length) {
        String harmless = PrintableText.lines(text.substring(from, from + length));
        super.write(harmless, 0, harmless.length());
    }
}
