// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.error.ConfigurationException;
import dev.jpull.text.ForeignText;
import dev.jpull.text.StepCount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which tags of a repository a list means: those that it names, and of the others those that at least one rule matches.
 *
 * @param names tags by name; they need not be looked for
 * @param rules the rules; none for no further tags
 * @param newest how many of the tags that the rules match are taken, the newest first; 0 for all
 */
public record TagSelection(List<String> names, List<TagRule> rules, int newest) {
    /** No tag. */
    static final TagSelection NONE = new TagSelection(List.of(), List.of(), 0);

    /** By version, where there is one, else lower than all versions and by name. */
    private static final Comparator<Candidate> AGE = Comparator.comparing(
                    Candidate::version,
                    (one, other) -> one.isPresent() && other.isPresent()
                            ? one.get().compareTo(other.get())
                            : Boolean.compare(one.isPresent(), other.isPresent()))
            .thenComparing(Candidate::tag);

    /** Copies the lists. */
    public TagSelection {
        names = List.copyOf(names);
        rules = List.copyOf(rules);
    }

    private record Candidate(String tag, Optional<Version> version) {
        Candidate(String tag) {
            this(tag, Version.ofTag(tag));
        }
    }

    /** Whether the tags of the repository have to be known. */
    public boolean needsTags() {
        return !rules.isEmpty();
    }

    /**
     * The tags that the rules match, in the order of the registry, or the newest first.
     *
     * @param tags the tags of the repository
     * @throws ConfigurationException if a regular expression takes too long
     */
    public List<String> matching(List<String> tags) {
        List<String> matching = new ArrayList<>();
        StepBudget steps = new StepBudget(tags.size());
        for (TagRule rule : rules) {
            // Rule by rule, so that the message can name the one that takes too long.
            try {
                tags.stream().filter(tag -> rule.matches(tag, steps)).forEach(matching::add);
            } catch (StepCount.ExceededException e) {
                throw new ConfigurationException("the " + ForeignText.line(rule.toString())
                        + " takes too many steps to match the tags of the repository: write it without a repetition"
                        + " inside a repetition, such as (a+)+");
            }
        }
        List<String> once = matching.stream().distinct().toList();
        return newest == 0
                ? once
                : once.stream()
                        .map(Candidate::new)
                        .sorted(AGE.reversed())
                        .limit(newest)
                        .map(Candidate::tag)
                        .toList();
    }

    /** The rules, for messages. */
    public String describe() {
        return rules.stream().map(TagRule::toString).collect(Collectors.joining(", "));
    }
}
