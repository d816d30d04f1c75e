// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PrintableText;
import java.util.List;
import java.util.function.BiConsumer;
import picocli.CommandLine;

/** Reads the values of {@code --rename}. */
final class RenameRules {
    private RenameRules() {}

    /**
     * Splits each rule at its {@code =}.
     *
     * @throws CommandLine.ParameterException if one is not of the form {@code FROM=TO}
     */
    static void give(CommandLine command, List<String> rules, BiConsumer<String, String> taker) {
        for (String rule : rules) {
            int equals = rule.indexOf('=');
            if (equals <= 0 || equals == rule.length() - 1) {
                throw new CommandLine.ParameterException(
                        command, "--rename " + PrintableText.line(rule) + " is not of the form FROM=TO");
            }
            taker.accept(rule.substring(0, equals), rule.substring(equals + 1));
        }
    }
}
