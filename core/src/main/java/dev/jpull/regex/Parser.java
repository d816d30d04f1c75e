// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an expression (Go, regexp/syntax, with the flags of Perl). For use by one thread. */
final class Parser {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_COUNT = 1000;
    private static final Pattern COUNT = Pattern.compile("\\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\\}");
    private static final Pattern NAME = Pattern.compile("\\(\\?P?<([A-Za-z0-9_]+)>");
    private static final Pattern FLAGS = Pattern.compile("\\(\\?([imsU]*)(-[imsU]+)?([:)])");

    private final Characters input;
    private final Map<String, Integer> names = new LinkedHashMap<>();
    private Flags flags = new Flags(false, false, false, false);
    private int groups;
    private int depth;

    Parser(String pattern) throws GoRegexException {
        if (pattern.length() > GoRegex.MAX_LENGTH) {
            throw new GoRegexException("it has more than " + GoRegex.MAX_LENGTH + " characters");
        }
        this.input = new Characters(pattern);
    }

    /** What {@code (?i)} and the like set. */
    private record Flags(boolean anyCase, boolean lines, boolean dotReadsLineEnd, boolean lazy) {
        Flags with(String letters, boolean value) {
            return new Flags(
                    letters.contains("i") ? value : anyCase,
                    letters.contains("m") ? value : lines,
                    letters.contains("s") ? value : dotReadsLineEnd,
                    letters.contains("U") ? value : lazy);
        }
    }

    GoRegex parse() throws GoRegexException {
        Node root = alternatives();
        if (!input.atEnd()) {
            throw new GoRegexException("it has a \")\" without a \"(\"");
        }
        return new GoRegex(Program.of(root, groups), names);
    }

    private Node alternatives() throws GoRegexException {
        if (++depth > MAX_DEPTH) {
            throw new GoRegexException("it is nested more than " + MAX_DEPTH + " deep");
        }
        List<Node> choices = new ArrayList<>(List.of(sequence()));
        while (input.take("|")) {
            choices.add(sequence());
        }
        depth--;
        return choices.size() == 1 ? choices.get(0) : new Node.Alternatives(choices);
    }

    private Node sequence() throws GoRegexException {
        List<Node> parts = new ArrayList<>();
        while (!input.atEnd() && !input.isAt("|") && !input.isAt(")")) {
            if (input.take("\\Q")) {
                quoted(parts);
            } else if (!takeFlags()) {
                parts.add(repeated(atom()));
            }
        }
        return new Node.Sequence(parts);
    }

    /** {@code \\Q…\\E}: each character stands for itself; a repetition behind it is that of the last one. */
    private void quoted(List<Node> parts) throws GoRegexException {
        String text = input.upTo("\\E");
        for (int i = 0; i < text.length(); i++) {
            parts.add(literal(text.charAt(i)));
        }
        if (!text.isEmpty()) {
            parts.add(repeated(parts.remove(parts.size() - 1)));
        }
    }

    /** {@code (?i)} and the like hold up to the end of the group. */
    private boolean takeFlags() throws GoRegexException {
        Matcher set = input.at(FLAGS);
        if (set == null || !")".equals(set.group(3))) {
            return false;
        }
        input.skip(set);
        flags = changed(set);
        return true;
    }

    private Flags changed(Matcher set) throws GoRegexException {
        if (String.valueOf(set.group(1)).isEmpty() && set.group(2) == null && ")".equals(set.group(3))) {
            throw new GoRegexException("\"(?)\" sets no flag");
        }
        Flags on = flags.with(String.valueOf(set.group(1)), true);
        return set.group(2) == null ? on : on.with(set.group(2), false);
    }

    private Node atom() throws GoRegexException {
        if (input.isAt("(")) {
            return group();
        }
        if (input.isAt("[")) {
            AsciiSet set = new ClassParser(input, flags.anyCase()).parse();
            return new Node.Characters(set);
        }
        if (input.isAt("*") || input.isAt("+") || input.isAt("?")) {
            throw new GoRegexException("nothing is before \"" + input.next() + "\" to repeat");
        }
        if (input.isAt("{") && input.at(COUNT) != null) {
            throw new GoRegexException("nothing is before a count in braces to repeat");
        }
        if (input.isAt("\\")) {
            return escape();
        }
        int c = input.nextCharacter();
        return switch (c) {
            case '.' ->
                new Node.Characters(
                        flags.dotReadsLineEnd()
                                ? AsciiSet.ALL
                                : AsciiSet.of('\n').not());
            case '^' -> new Node.Place(flags.lines() ? Boundary.LINE_BEGIN : Boundary.TEXT_BEGIN);
            case '$' -> new Node.Place(flags.lines() ? Boundary.LINE_END : Boundary.TEXT_END);
            default -> literal(c);
        };
    }

    private Node literal(int character) {
        AsciiSet set = AsciiSet.of(character);
        return new Node.Characters(flags.anyCase() ? set.inAnyCase() : set);
    }

    private Node escape() throws GoRegexException {
        for (Boundary boundary :
                List.of(Boundary.TEXT_BEGIN, Boundary.TEXT_END, Boundary.WORD_EDGE, Boundary.NO_WORD_EDGE)) {
            if (input.take(escapeOf(boundary))) {
                return new Node.Place(boundary);
            }
        }
        AsciiSet set = input.characterClass();
        return set == null ? literal(input.escapedCharacter()) : new Node.Characters(set);
    }

    private static String escapeOf(Boundary boundary) {
        return switch (boundary) {
            case TEXT_BEGIN -> "\\A";
            case TEXT_END -> "\\z";
            case WORD_EDGE -> "\\b";
            default -> "\\B";
        };
    }

    private Node group() throws GoRegexException {
        Flags before = flags;
        Matcher name = input.at(NAME);
        Matcher set = input.at(FLAGS);
        int number = 0;
        if (name != null) {
            input.skip(name);
            number = ++groups;
            if (names.put(String.valueOf(name.group(1)), number) != null) {
                throw new GoRegexException("two groups have the name \"" + name.group(1) + "\"");
            }
        } else if (set != null) {
            input.skip(set);
            flags = changed(set);
        } else if (input.take("(?")) {
            throw new GoRegexException(
                    "\"(?\" begins something that Go does not have, such as a look-ahead or a back-reference");
        } else {
            input.take("(");
            number = ++groups;
        }
        Node content = alternatives();
        if (!input.take(")")) {
            throw new GoRegexException("it has a \"(\" without a \")\"");
        }
        flags = before;
        return number == 0 ? content : new Node.Group(number, content);
    }

    private Node repeated(Node node) throws GoRegexException {
        if (!repeats()) {
            return node; // a brace that begins no count is a character
        }
        Node result = repeatedOnce(node);
        if (repeats()) {
            throw new GoRegexException("two repetitions follow each other");
        }
        return result;
    }

    private boolean repeats() {
        return input.isAt("*") || input.isAt("+") || input.isAt("?") || input.at(COUNT) != null;
    }

    private Node repeatedOnce(Node node) throws GoRegexException {
        if (input.take("*")) {
            return repeat(node, 0, Node.Repeat.UNLIMITED);
        }
        if (input.take("+")) {
            return repeat(node, 1, Node.Repeat.UNLIMITED);
        }
        if (input.take("?")) {
            return repeat(node, 0, 1);
        }
        Matcher count = input.at(COUNT);
        if (count == null) {
            return node;
        }
        input.skip(count);
        int min = number(String.valueOf(count.group(1)));
        String last = count.group(3);
        if (count.group(2) != null && last == null) {
            return repeat(node, min, Node.Repeat.UNLIMITED);
        }
        int max = last == null ? min : number(last);
        if (max < min) {
            throw new GoRegexException("the count " + count.group() + " ends before it begins");
        }
        return repeat(node, min, max);
    }

    private static int number(String digits) throws GoRegexException {
        if (digits.length() > 4 || Integer.parseInt(digits) > MAX_COUNT) {
            throw new GoRegexException("a count is over " + MAX_COUNT);
        }
        return Integer.parseInt(digits);
    }

    private Node repeat(Node node, int min, int max) {
        boolean lazy = input.take("?") != flags.lazy();
        return new Node.Repeat(node, min, max, !lazy);
    }
}
