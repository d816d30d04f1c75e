// SPDX-License-Identifier: Apache-2.0
package dev.jpull.sync;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.PullException;
import dev.jpull.list.ListEntry;
import dev.jpull.pull.Operation;
import dev.jpull.pull.OperationWindow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Finds the tags that the rules of lists match; the tags of a repository are asked for once.
 *
 * @param window runs the requests
 * @param tags starts the listing of the tags of a repository
 */
record TagSearch(OperationWindow window, Function<String, Operation<List<String>>> tags) {
    /**
     * The tags for an entry.
     *
     * @param tags those that its rules match
     */
    record Found(ListEntry entry, OperationWindow.Outcome<List<String>> tags) {}

    /** The tags for all entries, in their order; none for those without rules. */
    List<Found> find(List<ListEntry> entries) {
        List<String> repositories = entries.stream()
                .filter(entry -> entry.tags().needsTags())
                .map(entry -> entry.repository().name())
                .distinct()
                .toList();
        List<Supplier<Operation<List<String>>>> starts = new ArrayList<>();
        repositories.forEach(repository -> starts.add(() -> tags.apply(repository)));
        List<OperationWindow.Outcome<List<String>>> listed = window.run(starts);
        Map<String, OperationWindow.Outcome<List<String>>> byRepository = new HashMap<>();
        for (int i = 0; i < listed.size(); i++) {
            byRepository.put(repositories.get(i), listed.get(i));
        }
        List<Found> found = new ArrayList<>();
        for (ListEntry entry : entries) {
            found.add(new Found(
                    entry,
                    entry.tags().needsTags()
                            ? matching(
                                    entry,
                                    Objects.requireNonNull(
                                            byRepository.get(entry.repository().name())))
                            : new OperationWindow.Outcome<>(List.of(), null)));
        }
        return found;
    }

    private OperationWindow.Outcome<List<String>> matching(
            ListEntry entry, OperationWindow.Outcome<List<String>> listed) {
        try {
            List<String> all = listed.value();
            if (all == null) {
                return listed;
            }
            List<String> matching = entry.tags().matching(all);
            if (matching.isEmpty()) {
                throw new ImageNotFoundException(entry.position() + ": none of the " + all.size() + " tags of "
                        + entry.repository().name() + " matches " + entry.tags().describe()
                        + ": correct the entry, or remove it");
            }
            return new OperationWindow.Outcome<>(matching, null);
        } catch (ConfigurationException | ImageNotFoundException e) {
            return failed(e);
        }
    }

    private OperationWindow.Outcome<List<String>> failed(PullException e) {
        if (window.keepGoing()) {
            return new OperationWindow.Outcome<>(null, e);
        }
        throw e;
    }
}
