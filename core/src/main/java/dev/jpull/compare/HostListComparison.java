// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compare;

import dev.jpull.address.PublicRegistries;
import dev.jpull.compare.HostChange.Kind;
import dev.jpull.compare.HostChange.Sign;
import dev.jpull.finding.SourcePosition;
import dev.jpull.registry.EndpointOrder;
import dev.jpull.text.ForeignText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares the hosts that two configurations ask for one image. */
final class HostListComparison {
    private static final int UNMATCHED = -1;

    private final List<HostRequest> before;
    private final List<HostRequest> after;

    /** The index of the new host for each old one. */
    private final int[] matches;

    /** Whether each new host has an old one. */
    private final boolean[] matched;

    private HostListComparison(List<HostRequest> before, List<HostRequest> after) {
        this.before = before;
        this.after = after;
        this.matches = new int[before.size()];
        this.matched = new boolean[after.size()];
        Arrays.fill(matches, UNMATCHED);
        match(HostRequest::location);
        match(HostRequest::authority);
    }

    /** The differences for an image. */
    static List<HostChange> of(ImageRequests before, ImageRequests after) {
        if (before.isRefused() && after.isRefused()) {
            return List.of();
        }
        if (before.isRefused() || after.isRefused()) {
            return List.of(refusal(before, after));
        }
        HostListComparison comparison =
                new HostListComparison(withoutRepeated(before.hosts()), withoutRepeated(after.hosts()));
        List<HostChange> changes = new ArrayList<>(comparison.addedAndRemoved());
        for (int i = 0; i < comparison.matches.length; i++) {
            if (comparison.matches[i] != UNMATCHED) {
                changes.addAll(
                        SettingsComparison.of(comparison.before.get(i), comparison.after.get(comparison.matches[i])));
            }
        }
        changes.addAll(comparison.order());
        changes.addAll(comparison.upstreamFirst(EndpointOrder.forReference(after.image())));
        return changes;
    }

    private static HostChange refusal(ImageRequests before, ImageRequests after) {
        boolean now = after.isRefused();
        List<HostRequest> usable = now ? before.hosts() : after.hosts();
        SourcePosition position = usable.isEmpty()
                ? SourcePosition.BUILT_IN
                : usable.get(0).host().source();
        return new HostChange(
                Kind.USABLE,
                now ? Sign.REMOVED : Sign.ADDED,
                true,
                now
                        ? "images cannot be pulled: " + after.refusal()
                        : "images can be pulled, from " + addresses(usable) + "; before: " + before.refusal(),
                now ? position : SourcePosition.BUILT_IN,
                now ? SourcePosition.BUILT_IN : position);
    }

    /** A host that is listed again with the same settings gives the answer that it has given before. */
    private static List<HostRequest> withoutRepeated(List<HostRequest> hosts) {
        Map<String, List<HostRequest>> seen = new LinkedHashMap<>();
        List<HostRequest> once = new ArrayList<>();
        for (HostRequest host : hosts) {
            List<HostRequest> same = seen.computeIfAbsent(host.location(), unseen -> new ArrayList<>());
            if (same.stream()
                    .noneMatch(earlier -> SettingsComparison.of(earlier, host).isEmpty())) {
                same.add(host);
                once.add(host);
            }
        }
        return once;
    }

    /** Gives each old host without a match the first new one that has the same key and is free. */
    private void match(Function<HostRequest, String> key) {
        Map<String, Deque<Integer>> free = new HashMap<>();
        for (int j = 0; j < after.size(); j++) {
            if (!matched[j]) {
                free.computeIfAbsent(key.apply(after.get(j)), unseen -> new ArrayDeque<>())
                        .add(j);
            }
        }
        for (int i = 0; i < before.size(); i++) {
            if (matches[i] == UNMATCHED) {
                Integer match = free.getOrDefault(key.apply(before.get(i)), new ArrayDeque<>())
                        .poll();
                if (match != null) {
                    matches[i] = match;
                    matched[match] = true;
                }
            }
        }
    }

    private List<HostChange> addedAndRemoved() {
        List<HostChange> changes = new ArrayList<>();
        SourcePosition beforeHere = place(before);
        SourcePosition afterHere = place(after);
        for (int j = 0; j < after.size(); j++) {
            if (!matched[j]) {
                HostRequest added = after.get(j);
                Kind kind = kind(added);
                changes.add(new HostChange(
                        kind,
                        Sign.ADDED,
                        true,
                        added.address() + note(added, kind) + ", asked " + turn(j, after),
                        beforeHere,
                        added.host().source()));
            }
        }
        for (int i = 0; i < before.size(); i++) {
            if (matches[i] == UNMATCHED) {
                HostRequest removed = before.get(i);
                changes.add(new HostChange(
                        kind(removed),
                        Sign.REMOVED,
                        false,
                        removed.address() + ", was asked " + turn(i, before),
                        removed.host().source(),
                        afterHere));
            }
        }
        return changes;
    }

    private static SourcePosition place(List<HostRequest> hosts) {
        return hosts.isEmpty() ? SourcePosition.BUILT_IN : hosts.get(0).host().source();
    }

    private static Kind kind(HostRequest request) {
        return request.isRegistryItself() || PublicRegistries.contains(request.authority()) ? Kind.UPSTREAM : Kind.HOST;
    }

    private static String note(HostRequest added, Kind kind) {
        if (kind == Kind.HOST) {
            return ": a new host" + risk(added);
        }
        boolean open = PublicRegistries.contains(added.authority())
                || added.image().domain().equals(SampleReferences.ANY_REGISTRY);
        return (open ? ": a new way to the public upstream" : ": a new way to the registry itself") + risk(added);
    }

    private static String risk(HostRequest added) {
        String open = switch (added.protection()) {
            case TLS -> "";
            case TLS_OR_HTTP -> ", by plain HTTP when it does not speak TLS";
            case HTTP -> ", by plain HTTP";
        };
        return open + (added.unverified() ? ", without verification of its certificate" : "");
    }

    private static String turn(int index, List<HostRequest> hosts) {
        if (hosts.size() == 1) {
            return "alone";
        }
        if (index == 0) {
            return "first";
        }
        return index == hosts.size() - 1
                ? "last"
                : "after " + hosts.get(index - 1).address();
    }

    private List<HostChange> order() {
        int last = UNMATCHED;
        boolean sorted = true;
        for (int match : matches) {
            sorted &= match == UNMATCHED || match > last;
            last = match == UNMATCHED ? last : match;
        }
        return sorted
                ? List.of()
                : List.of(new HostChange(
                        Kind.ORDER,
                        Sign.CHANGED,
                        false,
                        "the order is " + addresses(after) + "; was " + addresses(before),
                        place(before),
                        place(after)));
    }

    /** An upstream that was asked after a mirror, and is now asked before all mirrors. */
    private List<HostChange> upstreamFirst(EndpointOrder requests) {
        List<HostRequest> old = requests.of(before, HostRequest::host);
        List<HostRequest> now = requests.of(after, HostRequest::host);
        if (old.isEmpty() || now.isEmpty()) {
            return List.of();
        }
        HostRequest first = now.get(0);
        boolean wasAskedLater =
                old.stream().skip(1).anyMatch(request -> request.authority().equals(first.authority()));
        return kind(old.get(0)) == Kind.HOST && kind(first) == Kind.UPSTREAM && wasAskedLater
                ? List.of(new HostChange(
                        Kind.UPSTREAM,
                        Sign.CHANGED,
                        true,
                        first.address() + " is asked first; was asked after "
                                + old.get(0).address(),
                        old.get(0).host().source(),
                        first.host().source()))
                : List.of();
    }

    private static String addresses(List<HostRequest> hosts) {
        return ForeignText.line(hosts.stream().map(HostRequest::address).collect(Collectors.joining(", ")));
    }
}
