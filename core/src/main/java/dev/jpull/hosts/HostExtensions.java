// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What jpull reads below the {@code jpull} key of a host, and containerd ignores.
 *
 * @param proxy the proxy, or null for that of the environment
 * @param responseTimeout how long the host may take to begin its answer, or null for the default
 * @param stallTimeout how long it may send nothing in the middle of an answer, or null for the default
 * @param rewrites other names of repositories; the first rule that matches applies
 */
public record HostExtensions(
        @Nullable ProxyAddress proxy,
        @Nullable Duration responseTimeout,
        @Nullable Duration stallTimeout,
        List<Rewrite> rewrites) {
    /** Nothing said. */
    public static final HostExtensions NONE = new HostExtensions(null, null, null, List.of());

    /** Copies the list. */
    public HostExtensions {
        rewrites = List.copyOf(rewrites);
    }
}
