// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lint;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.Remedy;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the findings while a configuration is read, each once, so that all are reported together. For use by one thread. */
public final class Findings {
    /** What containerd does with a hosts.toml that it cannot read (Q-LOAD-1). */
    public static final String FILE_DROPPED =
            "logs a line, drops the whole file, and asks the registry itself, without the mirrors and CAs of the file";

    /** What containerd does with an unknown key (Q-TOML-9). */
    public static final String IGNORED = "ignores it silently";

    private final ContainerRuntime runtime;
    private final Set<Finding> all = new LinkedHashSet<>();

    /** Nothing found yet in a configuration of containerd. */
    public Findings() {
        this(ContainerRuntime.CONTAINERD);
    }

    /** Nothing found yet in a configuration of this program. */
    public Findings(ContainerRuntime runtime) {
        this.runtime = runtime;
    }

    /** The configuration cannot be used. */
    public void error(String code, SourcePosition position, String message, String behaviour, String remedy) {
        all.add(new Finding(Finding.Severity.ERROR, code, position, message, runtime, behaviour, remedy));
    }

    /** The configuration can be used, but is probably a mistake. */
    public void warning(String code, SourcePosition position, String message, String behaviour, String remedy) {
        all.add(new Finding(Finding.Severity.WARNING, code, position, message, runtime, behaviour, remedy));
    }

    /** A note. */
    public void info(String code, SourcePosition position, String message, String behaviour, String remedy) {
        all.add(new Finding(Finding.Severity.INFO, code, position, message, runtime, behaviour, remedy));
    }

    /** Adds findings that another reader made. */
    public void addAll(List<Finding> others) {
        all.addAll(others);
    }

    /** What was found so far, in the order in which it was found. */
    public List<Finding> all() {
        return List.copyOf(all);
    }

    /**
     * A configuration with an error is not used, not even in part.
     *
     * @throws ConfigurationException if there are errors; its message lists all of them
     */
    public static void refuseErrors(List<Finding> findings) {
        refuseErrors(findings, List.of());
    }

    /**
     * The same, when there is something to do about the errors beside what they say.
     *
     * @throws ConfigurationException if there are errors; its message lists all of them
     */
    public static void refuseErrors(List<Finding> findings, List<Remedy> remedies) {
        List<String> errors = findings.stream()
                .filter(Finding::isError)
                .map(Finding::toString)
                .toList();
        if (!errors.isEmpty()) {
            throw new ConfigurationException(new FailureDetails(errors, null, List.of(), remedies));
        }
    }
}
