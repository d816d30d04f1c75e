// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PrintableText;
import java.io.Console;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Asks on the terminal which image a name without a registry means; without a terminal, none. Asks once for a name. */
final class ShortNameQuestion implements BiFunction<String, List<String>, Optional<String>> {
    private final PrintWriter err;
    private final Map<String, Optional<String>> answers = new HashMap<>();

    ShortNameQuestion(PrintWriter err) {
        this.err = err;
    }

    @Override
    public synchronized Optional<String> apply(String name, List<String> images) {
        return answers.computeIfAbsent(name, unknown -> ask(unknown, images));
    }

    @SuppressWarnings("SystemConsoleNull") // null on the older runtimes that are supported
    private Optional<String> ask(String name, List<String> images) {
        Console console = System.console();
        if (console == null) {
            return Optional.empty();
        }
        err.println(PrintableText.line(name) + " names no registry. It may be:");
        for (int i = 0; i < images.size(); i++) {
            err.println("  " + (i + 1) + "  " + images.get(i));
        }
        err.print("Number of the image (nothing for none): ");
        err.flush();
        String typed = console.readLine();
        return typed == null ? Optional.empty() : chosen(typed.strip(), images);
    }

    /** The image with a number, from 1. */
    static Optional<String> chosen(String typed, List<String> images) {
        for (int i = 0; i < images.size(); i++) {
            if (typed.equals(String.valueOf(i + 1))) {
                return Optional.of(images.get(i));
            }
        }
        return Optional.empty();
    }
}
