// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What containerd's hosts.toml cannot say about a host: the settings below its {@code jpull} key, and what other dialects
 * have.
 *
 * @param proxy the proxy, or null for that of the environment
 * @param responseTimeout how long the host may take to begin its answer, or null for the default
 * @param stallTimeout how long it may send nothing in the middle of an answer, or null for the default
 * @param renames other names of repositories; the first rule that applies counts
 * @param namesNamespace whether requests to a proxy name the registry that it stands in for, in the parameter {@code ns}
 */
public record HostExtensions(
        @Nullable ProxyAddress proxy,
        @Nullable Duration responseTimeout,
        @Nullable Duration stallTimeout,
        List<RenamingRule> renames,
        boolean namesNamespace) {
    /** Nothing said. */
    public static final HostExtensions NONE = new HostExtensions(null, null, null, List.of(), true);

    /** For a host of a runtime that never sends {@code ns}. */
    public static final HostExtensions WITHOUT_NAMESPACE = new HostExtensions(null, null, null, List.of(), false);

    /** Copies the list. */
    public HostExtensions {
        renames = List.copyOf(renames);
    }

    /** The same with other names of repositories. */
    public HostExtensions withRenames(List<RenamingRule> rules) {
        return new HostExtensions(proxy, responseTimeout, stallTimeout, rules, namesNamespace);
    }
}
