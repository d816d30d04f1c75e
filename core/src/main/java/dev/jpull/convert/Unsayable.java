// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import dev.jpull.compare.SampleReferences;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.lint.Findings;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects what the target cannot say: errors, or warnings when the nearest is wanted. For use by one thread. */
final class Unsayable {
    private final Findings findings;
    private final Target target;
    private final boolean approximate;
    private final SourcePosition source;
    private final Set<String> reported = new HashSet<>();

    /** Where the file has settings for every host, which are reported once. */
    private final @Nullable SourcePosition forAllHosts;

    /**
     * Nothing so far.
     *
     * @param runtime the program that the source is for
     * @param source the whole source, which is named where no line is known
     * @param forAllHosts where the file has settings for every host; null when it has none
     */
    Unsayable(
            Target target,
            ContainerRuntime runtime,
            SourcePosition source,
            @Nullable SourcePosition forAllHosts,
            boolean approximate) {
        this.findings = new Findings(runtime);
        this.forAllHosts = forAllHosts;
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
        SourcePosition position = position(host, setting);
        report(
                "not-expressible",
                position,
                what + " of " + (position.equals(forAllHosts) ? "all hosts" : name(host)),
                "remove it, or set it up on the node by other means");
    }

    /**
     * Something that the target does not have.
     *
     * @param what the thing, as the object of a sentence
     */
    void report(String code, SourcePosition position, String what, String remedy) {
        nearest(code, position, what, "this is left out", remedy);
    }

    /**
     * Something that the target has nearly; returns whether the nearest is wanted.
     *
     * @param what the thing, as the object of a sentence
     * @param nearest what is written in its place
     * @param remedy what to do when the nearest is not good enough
     */
    boolean nearest(String code, SourcePosition position, String what, String nearest, String remedy) {
        differs(
                code,
                position,
                target.form() + " cannot express " + what + (approximate ? "; " + nearest : ""),
                remedy);
        return approximate;
    }

    /**
     * Something that means something else in the target; reported once.
     *
     * @param message a sentence
     */
    void differs(String code, SourcePosition position, String message, String remedy) {
        SourcePosition known = position.file() == null ? source : position;
        if (!reported.add(known + " " + message)) {
            return;
        }
        if (approximate) {
            findings.warning(code, known, message, "", remedy);
        } else {
            findings.error(code, known, message, "", remedy);
        }
    }

    /** Whether there is an error. */
    boolean refuses() {
        return findings.all().stream().anyMatch(Finding::isError);
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

    /** Where a setting of a host is written. */
    static SourcePosition position(RegistryHost host, String setting) {
        return host.provenance().settings().getOrDefault(setting, host.source());
    }
}
