// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialRefusal;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The credentials for one host: which of them were refused, and which the source made instead. The source is asked once for each
 * refused credential, by one request; the other requests that were refused with it wait for the answer. Safe for use by several
 * threads.
 */
final class HostCredentials {
    /** How often a source is asked in a row for another credential, when none of its credentials is accepted. */
    static final int MAX_RENEWALS = 3;

    /** When a source that reached the limit is asked again: it may have had an outage. */
    private static final long RENEWAL_PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final String host;
    private final CredentialSource source;
    private final SecretMask mask;

    @GuardedBy("this")
    private final Set<Credential> refused = new HashSet<>();

    /** By the credential that was refused; completes with null when the source has no other one. */
    @GuardedBy("this")
    private final Map<Credential, CompletableFuture<@Nullable Credential>> renewals = new HashMap<>();

    @GuardedBy("this")
    private int renewalsInARow;

    @GuardedBy("this")
    private long lastRenewal;

    HostCredentials(String host, CredentialSource source, SecretMask mask) {
        this.host = host;
        this.source = source;
        this.mask = mask;
    }

    /** The credential for a repository, or the newest that was made instead of it. A credential helper may need seconds for it. */
    @Nullable
    Credential given(String repository) {
        Credential credential = source.credentialFor(host, repository).orElse(null);
        if (credential == null) {
            return null;
        }
        mask.addPassword(credential.username(), credential.secret());
        synchronized (this) {
            for (Credential newer = renewal(credential); newer != null; newer = renewal(credential)) {
                credential = newer; // ends: what the source was asked about is never a renewal
            }
        }
        return credential;
    }

    @GuardedBy("this")
    private @Nullable Credential renewal(Credential credential) {
        CompletableFuture<@Nullable Credential> renewal = renewals.get(credential);
        return renewal == null ? null : renewal.getNow(null);
    }

    synchronized boolean isRefused(Credential credential) {
        return refused.contains(credential);
    }

    /** A credential was refused: it is not sent again. */
    synchronized void refuse(Credential credential) {
        refused.add(credential);
    }

    /** A credential was accepted: the source makes credentials that are of use. */
    synchronized void accepted() {
        renewalsInARow = 0;
    }

    /**
     * The credential that the source makes instead of a refused one, which another request may ask for at this moment; null when
     * there is none.
     */
    @Nullable
    Credential renewed(CredentialRefusal refusal, Exchange exchange) throws IOException {
        Credential old = refusal.refused();
        CompletableFuture<@Nullable Credential> own = new CompletableFuture<>();
        CompletableFuture<@Nullable Credential> other;
        synchronized (this) {
            other = renewals.get(old);
            if (other == null) {
                if (!mayAsk()) {
                    return null;
                }
                renewals.put(old, own);
            }
        }
        if (other == null) {
            return ask(refusal, own);
        }
        exchange.cancellation().awaitOrStop(other);
        return unlessRefused(other.join());
    }

    @GuardedBy("this")
    private boolean mayAsk() {
        long now = System.nanoTime();
        if (renewalsInARow > 0 && now - lastRenewal > RENEWAL_PAUSE_NANOS) {
            renewalsInARow = 0;
        }
        if (renewalsInARow == MAX_RENEWALS) {
            return false;
        }
        renewalsInARow++;
        lastRenewal = now;
        return true;
    }

    private @Nullable Credential ask(CredentialRefusal refusal, CompletableFuture<@Nullable Credential> waiters) {
        Credential old = refusal.refused();
        Credential fresh = null;
        boolean answered = false;
        try {
            fresh = source.renewed(refusal).orElse(null);
            answered = true;
            if (fresh != null) {
                mask.addPassword(fresh.username(), fresh.secret());
                fresh = isOutdated(fresh) ? null : fresh;
            }
            return fresh;
        } finally {
            if (!answered) { // the failure ends this request; a later one asks again
                synchronized (this) {
                    renewals.remove(old);
                }
            }
            waiters.complete(fresh);
        }
    }

    /** Whether a credential was refused, or the source was asked for another one instead; that of this renewal is among them. */
    private synchronized boolean isOutdated(Credential credential) {
        return refused.contains(credential) || renewals.containsKey(credential);
    }

    private synchronized @Nullable Credential unlessRefused(@Nullable Credential credential) {
        return credential == null || refused.contains(credential) ? null : credential;
    }
}
