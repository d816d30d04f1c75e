// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which sender of a blob is blamed when the content has another digest than the blob. The only sender of the bytes is
 * blamed at once. Of mixed senders, one is tried alone: if its content is right, the other of two is blamed; if it is wrong,
 * it is blamed itself. A sender that is blamed is set aside while another one is left.
 *
 * <p>Has no clock, does no I/O, and takes no locks. For use by one thread.
 *
 * @param <S> identifies a sender; has value semantics
 */
final class SenderTrust<S> {
    /** After so many mismatches the search for the sender of wrong bytes ends. */
    static final int MAX_MISMATCHES = 3;

    /** After so many wrong contents or lengths a sender is distrusted: the first may be an accident of the network. */
    static final int MAX_WRONG = 2;

    private final Map<S, Integer> wrong = new HashMap<>();
    /** The senders of the last wrong content; empty when a part of it came from an earlier pull. */
    private Set<S> mixedSenders = Set.of();

    private @Nullable S alone;
    private int mismatches;

    /**
     * What follows from content with a wrong digest.
     *
     * @param blamed the sender to set aside
     * @param retry whether another attempt can succeed
     */
    record Decision<S>(Optional<S> blamed, boolean retry) {}

    /** The only sender that may be asked at present, if one is tried alone. */
    Optional<S> alone() {
        return Optional.ofNullable(alone);
    }

    /** How often the content had another digest. */
    int mismatches() {
        return mismatches;
    }

    /** Whether the sender has sent wrong content or lengths so often that waiting for it is useless. */
    boolean isDistrusted(S sender) {
        return wrong.getOrDefault(sender, 0) >= MAX_WRONG;
    }

    /** A sender sent more or less bytes than the blob has. */
    void wrongLength(S sender) {
        wrong.merge(sender, 1, Integer::sum);
    }

    /** The sender that is tried alone is too slow, so that others have to send as well. */
    void tooSlow(S sender) {
        if (sender.equals(alone)) {
            alone = null;
        }
    }

    /** The sender that is tried alone answers no request. */
    void unavailable() {
        alone = null;
    }

    /**
     * A stream broke before any byte arrived. A sender that took part in wrong content and cannot send the whole alone is
     * blamed.
     *
     * @param others whether another sender is left
     * @return the sender to set aside
     */
    Optional<S> brokeOff(S sender, boolean others) {
        if (!sender.equals(alone)) {
            return Optional.empty();
        }
        alone = null;
        return others ? Optional.of(sender) : Optional.empty();
    }

    /**
     * The content was right. If it came from one of two mixed senders, the wrong bytes came from the other one.
     *
     * @param senders the senders of the content
     * @return the sender to set aside
     */
    Optional<S> right(Set<S> senders) {
        if (senders.size() != 1 || mixedSenders.size() != 2 || !mixedSenders.containsAll(senders)) {
            return Optional.empty();
        }
        return mixedSenders.stream().filter(sender -> !senders.contains(sender)).findFirst();
    }

    /**
     * The content was wrong.
     *
     * @param senders the senders of the content, the quickest first
     * @param earlier whether a part of the content came from an earlier pull
     * @param usable the senders that may be asked at present
     */
    Decision<S> wrong(List<S> senders, boolean earlier, Collection<S> usable) {
        mismatches++;
        if (senders.size() != 1 || earlier) {
            alone = senders.isEmpty() ? null : senders.get(0);
            mixedSenders = earlier ? Set.of() : Set.copyOf(senders);
            return new Decision<>(Optional.empty(), mismatches <= MAX_MISMATCHES);
        }
        S blamed = senders.get(0);
        wrong.merge(blamed, 1, Integer::sum);
        alone = null;
        boolean others = usable.stream().anyMatch(sender -> !sender.equals(blamed));
        return others
                ? new Decision<>(Optional.of(blamed), true)
                : new Decision<>(Optional.empty(), !isDistrusted(blamed));
    }
}
