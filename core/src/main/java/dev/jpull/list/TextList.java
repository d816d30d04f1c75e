// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A list with a reference on each line. Blank lines count for nothing, and so does what follows a {@code #} after a blank. */
final class TextList {
    /** A line that is no reference, and as YAML it has a meaning. */
    private static final Pattern YAML = Pattern.compile("- .*|[a-z]+:(?:\\s.*)?|---");

    private TextList() {}

    static List<ListEntry> read(String text, Problems problems) {
        List<ListEntry> entries = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            String reference = withoutComment(line).strip();
            if (!reference.isEmpty()) {
                parse(line, reference, number, problems).ifPresent(entries::add);
            }
        }
        return entries;
    }

    private static Optional<ListEntry> parse(String line, String reference, int number, Problems problems) {
        int column = line.indexOf(reference) + 1;
        try {
            Repositories.refuseCredentials(reference);
            if (YAML.matcher(reference).matches()) {
                throw new InvalidRuleException(
                        "\"" + reference + "\" is YAML",
                        "give the file a name that ends in .yaml, or write one image on a line");
            }
            if (reference.chars().anyMatch(Character::isWhitespace)) {
                throw new InvalidRuleException(
                        "\"" + reference + "\" is more than one word",
                        "write one image on a line, and a comment after #");
            }
            return Optional.of(
                    ListEntry.of(problems.at(number, column), Repositories.image(reference), ImageSettings.NONE));
        } catch (InvalidRuleException e) {
            problems.add(problems.at(number, column), String.valueOf(e.getMessage()), e.remedy());
            return Optional.empty();
        }
    }

    private static String withoutComment(String line) {
        for (int at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1)) {
            if (at == 0 || Character.isWhitespace(line.charAt(at - 1))) {
                return line.substring(0, at);
            }
        }
        return line;
    }
}
