// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialRefusal;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The credentials for one host: which of them were refused, and which the source made instead. The source is asked once for each
 * refused credential, by one request; the other requests that were refused with it wait for the answer. The answer that there is no
 * other credential holds for a minute; after a 403, for the repository alone. Safe for use by several threads.
 */
final class HostCredentials {
    /** How often a source is asked in a row for another credential, when none of those that it makes is accepted. */
    static final int MAX_RENEWALS = 3;

    /** How many credentials are remembered; the ones that were not used for the longest time are forgotten. */
    static final int MAX_KNOWN = 256;

    /** When a source that made no credential of use is asked again: it may have had an outage. */
    static final Duration RENEWAL_PAUSE = Duration.ofMinutes(1);

    private final String host;
    private final CredentialSource source;
    private final SecretMask mask;
    private final LongSupplier clock;

    @GuardedBy("this")
    private final Map<Credential, Known> known = new RecentlyUsed<>(MAX_KNOWN);

    /** When a question was answered with no credential, or with one that is not to be followed by another at once. */
    @GuardedBy("this")
    private final Map<Question, Long> settled = new RecentlyUsed<>(MAX_KNOWN);

    /** What is known of a credential. Guarded by the monitor of the host. */
    private static final class Known {
        private final Chain chain;
        private boolean accepted;
        private boolean refused;
        /** The credential that is used instead, always the newest; null while there is none. */
        private @Nullable Renewal renewal;

        Known(Chain chain) {
            this.chain = chain;
        }
    }

    /** What the credentials have in common that were made one instead of the other. Guarded by the monitor of the host. */
    private static final class Chain {
        private int renewalsInARow;
        private long lastRenewal;
    }

    /**
     * What a source is asked.
     *
     * @param repository the repository that the credential may not read; empty when the credential was refused as such
     */
    private record Question(Credential credential, String repository) {}

    /**
     * A question and its answer.
     *
     * @param answer completes with null when there is no other credential
     */
    private record Renewal(Question question, CompletableFuture<@Nullable Credential> answer) {}

    HostCredentials(String host, CredentialSource source, SecretMask mask) {
        this(host, source, mask, System::nanoTime);
    }

    /**
     * The same with another clock.
     *
     * @param clock gives nanoseconds, as {@link System#nanoTime()} does
     */
    HostCredentials(String host, CredentialSource source, SecretMask mask, LongSupplier clock) {
        this.host = host;
        this.source = source;
        this.mask = mask;
        this.clock = clock;
    }

    /** The credential for a repository, or the newest that was made instead of it. A credential helper may need seconds for it. */
    @Nullable
    Credential given(String repository) {
        Credential credential = source.credentialFor(host, repository).orElse(null);
        if (credential == null) {
            return null;
        }
        mask.addPassword(credential.username(), credential.secret());
        Credential newest = newest(credential);
        return newest == null ? credential : newest;
    }

    private synchronized @Nullable Credential newest(Credential credential) {
        Known old = known.get(credential);
        return old == null || old.renewal == null ? null : old.renewal.answer().getNow(null);
    }

    synchronized boolean isRefused(Credential credential) {
        Known is = known.get(credential);
        return is != null && is.refused;
    }

    /** A credential was refused: it is not sent again. */
    synchronized void refuse(Credential credential) {
        known(credential).refused = true;
    }

    /** Whether a credential was accepted before, as far as it is remembered. */
    synchronized boolean isAccepted(Credential credential) {
        Known is = known.get(credential);
        return is != null && is.accepted;
    }

    /** A credential was accepted: what the source makes instead of it later is counted anew. */
    synchronized void accepted(Credential credential) {
        Known is = known(credential);
        is.accepted = true;
        is.chain.renewalsInARow = 0;
    }

    /** How many credentials are remembered. */
    synchronized int size() {
        return known.size();
    }

    @GuardedBy("this")
    private Known known(Credential credential) {
        Known is = known.get(credential);
        if (is == null) {
            is = new Known(new Chain());
            known.put(credential, is);
        }
        return is;
    }

    /**
     * The credential that the source makes instead of a refused one, which another request may ask for at this moment; null when
     * there is none.
     */
    @Nullable
    Credential renewed(CredentialRefusal refusal, Exchange exchange) throws IOException {
        boolean forbidden = refusal.status() == 403 && !isRefused(refusal.refused());
        Renewal own = new Renewal(
                new Question(refusal.refused(), forbidden ? refusal.repository() : ""), new CompletableFuture<>());
        while (true) {
            Renewal other;
            synchronized (this) {
                Known old = known(refusal.refused());
                other = old.renewal;
                if (other == null) {
                    if (!mayAsk(own.question(), old.chain)) {
                        return null;
                    }
                    old.renewal = own;
                }
            }
            if (other == null) {
                return ask(refusal, own);
            }
            exchange.cancellation().awaitOrStop(other.answer());
            Credential fresh = other.answer().join();
            if (fresh != null) {
                return isRefused(fresh) ? null : fresh;
            }
            if (other.question().equals(own.question())) {
                return null;
            } // no credential because of a 403 for one repository: that says nothing about another refusal
        }
    }

    @GuardedBy("this")
    private boolean mayAsk(Question question, Chain chain) {
        long now = clock.getAsLong();
        Long since = settled.get(question);
        if (since != null && !isLongAgo(since, now)) {
            return false;
        }
        if (isLongAgo(chain.lastRenewal, now)) {
            chain.renewalsInARow = 0;
        }
        if (chain.renewalsInARow == MAX_RENEWALS) {
            return false;
        }
        chain.renewalsInARow++;
        chain.lastRenewal = now;
        return true;
    }

    private static boolean isLongAgo(long then, long now) {
        return now - then > RENEWAL_PAUSE.toNanos();
    }

    private @Nullable Credential ask(CredentialRefusal refusal, Renewal own) {
        Credential fresh = null;
        boolean answered = false;
        try {
            fresh = source.renewed(refusal).orElse(null);
            answered = true;
            if (fresh != null) {
                mask.addPassword(fresh.username(), fresh.secret());
            }
        } finally {
            fresh = settle(own.question(), fresh, answered);
            own.answer().complete(fresh);
        }
        return fresh;
    }

    /**
     * Takes the answer of the source.
     *
     * @param answered whether there is one; a failure ends one request, and a later one asks again
     * @return the credential that the source made, or null when it is none to send
     */
    private synchronized @Nullable Credential settle(Question question, @Nullable Credential made, boolean answered) {
        Known old = known(question.credential());
        Credential fresh = made == null || isOutdated(made) ? null : made;
        if (fresh == null) {
            old.renewal = null;
            if (answered) {
                settled.put(question, clock.getAsLong());
                old.chain.renewalsInARow = Math.max(0, old.chain.renewalsInARow - 1);
            }
            return null;
        }
        CompletableFuture<@Nullable Credential> answer = CompletableFuture.completedFuture(fresh);
        for (Known each : known.values()) { // what led to the old credential leads to the new one
            if (each == old
                    || each.renewal != null
                            && question.credential()
                                    .equals(each.renewal.answer().getNow(null))) {
                each.renewal = new Renewal(question, answer);
            }
        }
        known.put(fresh, new Known(old.chain));
        if (!question.repository().isEmpty()) { // a 403 to the new one as well is about the rights of the user
            settled.put(new Question(fresh, question.repository()), clock.getAsLong());
        }
        return fresh;
    }

    /** Whether a credential was refused, or the source was asked for another one instead; that of this renewal is among them. */
    @GuardedBy("this")
    private boolean isOutdated(Credential credential) {
        Known is = known.get(credential);
        return is != null && (is.refused || is.renewal != null);
    }
}
