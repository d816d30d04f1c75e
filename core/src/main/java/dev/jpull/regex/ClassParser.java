// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a class of characters in brackets. For use by one thread. */
final class ClassParser {
    private static final Map<String, AsciiSet> NAMED = Map.ofEntries(
            Map.entry("alnum", AsciiSet.LETTERS.or(AsciiSet.DIGITS)),
            Map.entry("alpha", AsciiSet.LETTERS),
            Map.entry("ascii", AsciiSet.ALL),
            Map.entry("blank", AsciiSet.of('\t').or(AsciiSet.of(' '))),
            Map.entry("cntrl", AsciiSet.range(0, 31).or(AsciiSet.of(127))),
            Map.entry("digit", AsciiSet.DIGITS),
            Map.entry("graph", AsciiSet.range('!', '~')),
            Map.entry("lower", AsciiSet.LOWER),
            Map.entry("print", AsciiSet.range(' ', '~')),
            Map.entry(
                    "punct",
                    AsciiSet.range('!', '/')
                            .or(AsciiSet.range(':', '@'))
                            .or(AsciiSet.range('[', '`'))
                            .or(AsciiSet.range('{', '~'))),
            Map.entry("space", AsciiSet.SPACE.or(AsciiSet.of(11))),
            Map.entry("upper", AsciiSet.UPPER),
            Map.entry("word", AsciiSet.WORD),
            Map.entry("xdigit", AsciiSet.DIGITS.or(AsciiSet.range('A', 'F')).or(AsciiSet.range('a', 'f'))));

    private final Characters input;
    private final boolean anyCase;

    ClassParser(Characters input, boolean anyCase) {
        this.input = input;
        this.anyCase = anyCase;
    }

    AsciiSet parse() throws GoRegexException {
        input.take("[");
        boolean negated = input.take("^");
        AsciiSet set = AsciiSet.NONE;
        boolean first = true;
        while (first || !input.isAt("]")) { // a bracket that comes first is a character
            first = false;
            AsciiSet named = named();
            set = set.or(named == null ? range() : named);
        }
        input.take("]");
        AsciiSet folded = anyCase ? set.inAnyCase() : set;
        return negated ? folded.not() : folded;
    }

    private @Nullable AsciiSet named() throws GoRegexException {
        if (input.isAt("[:") && input.hasLater(":]")) {
            input.take("[:");
            boolean negated = input.take("^");
            String name = input.upTo(":]");
            AsciiSet set = NAMED.get(name);
            if (set == null) {
                throw new GoRegexException("\"[:" + name + ":]\" is no class of characters");
            }
            return negated ? set.not() : set;
        }
        return input.characterClass();
    }

    private AsciiSet range() throws GoRegexException {
        int low = character();
        if (!input.isAt("-") || input.isAt("-]")) {
            return AsciiSet.of(low);
        }
        input.take("-");
        int high = character();
        if (high < low) {
            throw new GoRegexException("a range in brackets ends before it begins");
        }
        return AsciiSet.range(low, high);
    }

    private int character() throws GoRegexException {
        if (input.atEnd()) {
            throw new GoRegexException("it has a \"[\" without a \"]\"");
        }
        return input.isAt("\\") ? input.escapedCharacter() : input.nextCharacter();
    }
}
