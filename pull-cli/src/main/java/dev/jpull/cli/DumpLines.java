// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;

/**
 * Prints the output of {@code --http-dump}, the lines of one request or response together.
 *
 * @param err where to
 */
record DumpLines(PrintWriter err) implements Consumer<String> {
    @Override
    public void accept(String dump) {
        synchronized (this) {
            dump.lines().forEach(err::println);
        }
    }
}
