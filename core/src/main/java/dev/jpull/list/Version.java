// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version in the words of semver.org, as tags have it: with or without a leading {@code v}, with two numbers or three, and with
 * build metadata after {@code _}, because a tag has no {@code +}. A tag with one number is none: it may be a date or a build.
 * Ordered by precedence; what compares as equal may be written differently.
 *
 * @param numbers major, minor and patch: decimal digits of any length, without leading zeros
 * @param preRelease the identifiers after {@code -}; empty for a release
 */
record Version(List<String> numbers, List<String> preRelease) implements Comparable<Version> {
    private static final Pattern TAG = Pattern.compile(
            "[vV]?([0-9]+)\\.([0-9]+)(?:\\.([0-9]+))?(?:-([0-9A-Za-z-]++(?:\\.[0-9A-Za-z-]++)*+))?(?:_[0-9A-Za-z._-]*+)?");

    /** Copies the lists. */
    Version {
        numbers = numbers.stream().map(Version::withoutZeros).toList();
        preRelease = List.copyOf(preRelease);
    }

    /** The version that a tag has; empty when it has none. */
    static Optional<Version> ofTag(String tag) {
        Matcher parts = TAG.matcher(tag);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String patch = parts.group(3) == null ? "0" : parts.group(3);
        List<String> identifiers =
                parts.group(4) == null ? List.of() : List.of(parts.group(4).split("\\."));
        return Optional.of(new Version(List.of(parts.group(1), parts.group(2), patch), identifiers));
    }

    /** The lowest version with these numbers: lower than each of its pre-releases but {@code -0}. */
    static Version lowest(List<String> numbers) {
        return new Version(numbers, List.of("0"));
    }

    /** Whether it is a pre-release. */
    boolean isPreRelease() {
        return !preRelease.isEmpty();
    }

    @Override
    public int compareTo(Version other) {
        for (int i = 0; i < numbers.size(); i++) {
            int order = compareNumbers(numbers.get(i), other.numbers.get(i));
            if (order != 0) {
                return order;
            }
        }
        if (preRelease.isEmpty() || other.preRelease.isEmpty()) {
            return Boolean.compare(preRelease.isEmpty(), other.preRelease.isEmpty());
        }
        int common = Math.min(preRelease.size(), other.preRelease.size());
        for (int i = 0; i < common; i++) {
            int order = compareIdentifiers(preRelease.get(i), other.preRelease.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(preRelease.size(), other.preRelease.size());
    }

    /** Numbers are lower than words. */
    private static int compareIdentifiers(String one, String other) {
        boolean number = isNumber(one);
        if (number != isNumber(other)) {
            return number ? -1 : 1;
        }
        return number ? compareNumbers(withoutZeros(one), withoutZeros(other)) : one.compareTo(other);
    }

    private static int compareNumbers(String one, String other) {
        return one.length() != other.length() ? Integer.compare(one.length(), other.length()) : one.compareTo(other);
    }

    private static boolean isNumber(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String withoutZeros(String digits) {
        int at = 0;
        while (at < digits.length() - 1 && digits.charAt(at) == '0') {
            at++;
        }
        return digits.substring(at);
    }

    @Override
    public String toString() {
        return String.join(".", numbers) + (preRelease.isEmpty() ? "" : "-" + String.join(".", preRelease));
    }
}
