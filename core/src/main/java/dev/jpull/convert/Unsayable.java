// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.lint.Findings;

/** Collects what the target cannot say: errors, or warnings when the nearest is wanted. For use by one thread. */
final class Unsayable {
    private final Findings findings;
    private final Target target;
    private final boolean approximate;

    Unsayable(Target target, ContainerRuntime source, boolean approximate) {
        this.findings = new Findings(source);
        this.target = target;
        this.approximate = approximate;
    }

    /** The findings so far. */
    Findings findings() {
        return findings;
    }

    /** A setting of a host that the target does not have. */
    void setting(RegistryHost host, String setting, String what) {
        report(
                "not-expressible",
                position(host, setting),
                what + " of " + host.origin(),
                "remove it, or set it up on the node by other means");
    }

    /**
     * Something that the target does not have.
     *
     * @param what the thing: the beginning of a sentence
     */
    void report(String code, SourcePosition position, String what, String remedy) {
        String message = what + " cannot be said in " + target.form();
        if (approximate) {
            findings.warning(code, position, message + ", and is left out", "", remedy);
        } else {
            findings.error(code, position, message, "", remedy + ", or add --approximate to go without");
        }
    }

    /** The settings that only jpull's own table in hosts.toml has. */
    void extensions(RegistryHost host) {
        HostExtensions extensions = host.extensions();
        if (extensions.proxy() != null) {
            setting(host, "jpull.proxy", "the proxy");
        }
        if (extensions.responseTimeout() != null) {
            setting(host, "jpull.response_timeout", "the time for the first byte");
        }
        if (extensions.stallTimeout() != null) {
            setting(host, "jpull.stall_timeout", "the time for the next byte");
        }
    }

    private static SourcePosition position(RegistryHost host, String setting) {
        return host.provenance().settings().getOrDefault(setting, host.source());
    }
}
