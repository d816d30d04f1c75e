// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import dev.jpull.compare.SampleReferences;
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
    private final SourcePosition source;

    /**
     * Nothing so far.
     *
     * @param runtime the program that the source is for
     * @param source the whole source, which is named where no line is known
     */
    Unsayable(Target target, ContainerRuntime runtime, SourcePosition source, boolean approximate) {
        this.findings = new Findings(runtime);
        this.source = source;
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
                what + " of " + name(host),
                "remove it, or set it up on the node by other means");
    }

    /**
     * Something that the target does not have.
     *
     * @param what the thing: the beginning of a sentence
     */
    void report(String code, SourcePosition position, String what, String remedy) {
        String message = what + " cannot be said in " + target.form();
        SourcePosition known = position.file() == null ? source : position;
        if (approximate) {
            findings.warning(code, known, message + ", and is left out", "", remedy);
        } else {
            findings.error(code, known, message, "", remedy + ", or add --approximate to go without");
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

    private static String name(RegistryHost host) {
        return host.host().equals(SampleReferences.ANY_REGISTRY) ? "all registries themselves" : host.origin();
    }

    private static SourcePosition position(RegistryHost host, String setting) {
        return host.provenance().settings().getOrDefault(setting, host.source());
    }
}
