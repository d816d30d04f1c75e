// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of versions, as npm and Cargo write it: {@code >=1.4 <2.0 || ^3}. Comparators side by side must all hold, those around
 * {@code ||} are alternatives. {@code ^1.2} is what is compatible (below 2), {@code ~1.2} what differs in the last number (below
 * 1.3), {@code 1.2} and {@code 1.2.x} any 1.2, {@code 1.2 - 1.4} both ends included. A pre-release is in the range only when a
 * comparator names a pre-release of the same three numbers. Immutable.
 */
final class VersionRange implements TagRule {
    private static final int MAX_LENGTH = 256;
    private static final String NUMBER = "([0-9]{1,30}|[xX*])";
    private static final Pattern COMPARATOR = Pattern.compile("(\\^|~|>=|<=|>|<|=)?\\s*[vV]?" + NUMBER + "(?:\\."
            + NUMBER + "(?:\\." + NUMBER + "(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?)?)?(?=[\\s,]|$)");
    private static final Pattern HYPHEN = Pattern.compile("(\\S+)\\s+-\\s+(\\S+)");
    private static final Pattern SEPARATOR = Pattern.compile("[\\s,]*");

    private final String text;
    private final List<List<Bound>> alternatives;

    private VersionRange(String text, List<List<Bound>> alternatives) {
        this.text = text;
        this.alternatives = alternatives;
    }

    /** One end of an interval. */
    private record Bound(boolean lower, boolean included, Version version) {
        boolean holds(Version other) {
            int order = other.compareTo(version);
            return order == 0 ? included : lower == order > 0;
        }

        /** Whether it names a pre-release of the numbers of another version. */
        boolean admitsPreReleaseOf(Version other) {
            return version.isPreRelease() && version.numbers().equals(other.numbers());
        }
    }

    /** A version of which the last numbers may be missing. */
    private record Partial(List<String> numbers, List<String> preRelease) {
        Version low() {
            return new Version(padded(numbers), preRelease);
        }

        boolean isWhole() {
            return numbers.size() == 3;
        }

        /** The lowest version in which the number at a position is higher by one; lower than its pre-releases. */
        Version after(int position) {
            List<String> next = new ArrayList<>(numbers.subList(0, position + 1));
            next.set(
                    position,
                    new BigInteger(next.get(position)).add(BigInteger.ONE).toString());
            return Version.lowest(padded(next));
        }

        private static List<String> padded(List<String> numbers) {
            List<String> three = new ArrayList<>(numbers);
            while (three.size() < 3) {
                three.add("0");
            }
            return three;
        }
    }

    /**
     * Reads a range.
     *
     * @throws InvalidRuleException if it is none
     */
    static VersionRange parse(String text) throws InvalidRuleException {
        if (text.length() > MAX_LENGTH) {
            throw new InvalidRuleException(
                    "the range of versions has more than " + MAX_LENGTH + " characters", "write a shorter one");
        }
        List<List<Bound>> alternatives = new ArrayList<>();
        for (String alternative : text.split("\\|\\|", -1)) {
            alternatives.add(alternative(alternative.strip(), text));
        }
        return new VersionRange(text, alternatives);
    }

    private static List<Bound> alternative(String part, String whole) throws InvalidRuleException {
        Matcher hyphen = HYPHEN.matcher(part);
        if (hyphen.matches()) {
            List<Bound> both = new ArrayList<>();
            add(both, ">=", partial(hyphen.group(1), whole));
            add(both, "<=", partial(hyphen.group(2), whole));
            return both;
        }
        List<Bound> bounds = new ArrayList<>();
        Matcher comparator = COMPARATOR.matcher(part);
        Matcher separator = SEPARATOR.matcher(part);
        int at = 0;
        while (at < part.length()) {
            if (!comparator.region(at, part.length()).lookingAt()) {
                throw invalid(whole);
            }
            add(bounds, comparator.group(1) == null ? "=" : comparator.group(1), partial(comparator, whole));
            at = separator.region(comparator.end(), part.length()).lookingAt() ? separator.end() : comparator.end();
        }
        if (bounds.isEmpty()) {
            throw invalid(whole);
        }
        return bounds;
    }

    private static Partial partial(String text, String whole) throws InvalidRuleException {
        Matcher comparator = COMPARATOR.matcher(text);
        if (!comparator.matches() || comparator.group(1) != null) {
            throw invalid(whole);
        }
        return partial(comparator, whole);
    }

    private static Partial partial(Matcher comparator, String whole) throws InvalidRuleException {
        List<String> numbers = new ArrayList<>();
        boolean open = false;
        for (int group = 2; group <= 4; group++) {
            String number = comparator.group(group);
            if (number == null) {
                open = true;
            } else if (number.matches("[xX*]")) {
                open = true;
            } else if (open) {
                throw invalid(whole); // 1.x.3
            } else {
                numbers.add(number);
            }
        }
        String preRelease = comparator.group(5);
        if (preRelease != null && numbers.size() < 3) {
            throw invalid(whole);
        }
        return new Partial(numbers, preRelease == null ? List.of() : List.of(preRelease.split("\\.")));
    }

    private static InvalidRuleException invalid(String text) {
        return new InvalidRuleException(
                "\"" + text + "\" is not a range of versions",
                "write it like \">=1.4 <2.0\", \"^1.2\", \"~1.2\" or \"1.x\"");
    }

    private static void add(List<Bound> bounds, String operator, Partial version) throws InvalidRuleException {
        int given = version.numbers().size();
        if (given == 0) {
            if (operator.equals("<") || operator.equals(">")) {
                throw new InvalidRuleException(
                        "no version is " + operator + " any version", "write \"*\" for all versions");
            }
            bounds.add(new Bound(true, true, version.low()));
            return;
        }
        switch (operator) {
            case ">" ->
                bounds.add(
                        version.isWhole()
                                ? new Bound(true, false, version.low())
                                : new Bound(true, true, version.after(given - 1)));
            case ">=" -> bounds.add(new Bound(true, true, version.low()));
            case "<" ->
                bounds.add(new Bound(
                        false,
                        false,
                        version.isWhole()
                                ? version.low()
                                : Version.lowest(version.low().numbers())));
            case "<=" ->
                bounds.add(
                        version.isWhole()
                                ? new Bound(false, true, version.low())
                                : new Bound(false, false, version.after(given - 1)));
            default -> {
                bounds.add(new Bound(true, true, version.low()));
                bounds.add(upper(operator, version, given));
            }
        }
    }

    private static Bound upper(String operator, Partial version, int given) {
        return switch (operator) {
            case "^" -> new Bound(false, false, version.after(firstThatCounts(version.numbers())));
            case "~" -> new Bound(false, false, version.after(Math.min(1, given - 1)));
            default ->
                version.isWhole()
                        ? new Bound(false, true, version.low())
                        : new Bound(false, false, version.after(given - 1));
        };
    }

    /** The position of the first number that is not 0, else of the last one. */
    private static int firstThatCounts(List<String> numbers) {
        for (int i = 0; i < numbers.size(); i++) {
            if (!new BigInteger(numbers.get(i)).equals(BigInteger.ZERO)) {
                return i;
            }
        }
        return numbers.size() - 1;
    }

    @Override
    public boolean matches(String tag, StepBudget steps) {
        @Nullable Version version = Version.ofTag(tag).orElse(null);
        return version != null && alternatives.stream().anyMatch(bounds -> holds(bounds, version));
    }

    private static boolean holds(List<Bound> bounds, Version version) {
        return bounds.stream().allMatch(bound -> bound.holds(version))
                && (!version.isPreRelease() || bounds.stream().anyMatch(bound -> bound.admitsPreReleaseOf(version)));
    }

    @Override
    public String toString() {
        return "semver " + text;
    }
}
