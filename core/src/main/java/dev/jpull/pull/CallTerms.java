// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ReferenceException;
import dev.jpull.event.PullListener;
import dev.jpull.lockfile.LockRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a call runs.
 *
 * @param listener gets the events of this call alone
 * @param deadline how long the call may take, zero for no limit; null for the deadline of the engine
 * @param credentials where credentials come from before those of the engine, or null
 * @param lock what the lock file of the engine decides; null for what it decides for the engine
 * @param offline whether the store is all that is looked at
 */
public record CallTerms(
        PullListener listener,
        @Nullable Duration deadline,
        @Nullable CredentialSource credentials,
        LockRules.@Nullable Mode lock,
        boolean offline) {
    /** Those of the engine. */
    public static final CallTerms OF_THE_ENGINE = new CallTerms(PullListener.NONE, null, null, null, false);

    /**
     * Checks that the call may send requests.
     *
     * @param what the call, such as "a resolution"
     * @throws ReferenceException if it may not
     */
    void requireOnline(String what) {
        if (offline) {
            throw new ReferenceException(what + " asks hosts, which no offline request may do");
        }
    }

    /** The same with another use of the lock file. */
    CallTerms with(LockRules.Mode other) {
        return new CallTerms(listener, deadline, credentials, other, offline);
    }
}
