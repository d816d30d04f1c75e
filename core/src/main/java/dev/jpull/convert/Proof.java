// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import dev.jpull.address.DockerHub;
import dev.jpull.address.Localhost;
import dev.jpull.compare.ConfigurationComparison;
import dev.jpull.compare.ConfigurationComparison.ScopedChange;
import dev.jpull.compare.HostChange;
import dev.jpull.compare.HostChange.Kind;
import dev.jpull.compare.SampleReferences;
import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.lint.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what was written, and compares its meaning with that of the source. */
final class Proof {
    /** What no target changes for containers: jpull asks for referrers, and rules in another form have the same effect. */
    private static final Set<Kind> UNIMPORTANT = EnumSet.of(Kind.REFERRERS, Kind.RENAMING);

    private static final List<String> LOCAL = List.of("localhost", "localhost:5000", "127.0.0.1:5000");
    private static final int MAX_SHOWN = 20;

    private final HostConfiguration source;
    private final Target target;
    private final Findings findings;
    private final boolean approximate;
    private final List<String> differences = new ArrayList<>();
    private boolean namespaceDiffers;
    private boolean localhostDiffers;

    Proof(HostConfiguration source, Target target, Findings findings, boolean approximate) {
        this.source = source;
        this.target = target;
        this.findings = findings;
        this.approximate = approximate;
    }

    /**
     * Compares.
     *
     * @param root the file or directory of the source
     * @throws ConfigurationException if the written files do not mean the same
     */
    void verify(Path root, Map<String, WrittenText> files) {
        try {
            Path temporary = Files.createTempDirectory("jpull-convert-"); // for this user alone: there may be secrets
            try {
                Path written = temporary.resolve(target.fileName());
                if (target == Target.HOSTS) {
                    Files.createDirectory(written); // also when there is nothing to say
                }
                new FileSet(files).write(written);
                HostConfiguration result = new ConfigurationReader(HostDefaults.NONE).read(written);
                compare(new ConfigurationComparison(source, root, result, root), result);
            } finally {
                FileSet.delete(temporary);
            }
        } catch (IOException e) {
            throw new ConfigurationException(
                    "cannot write into the directory for temporary files, to verify the conversion: " + Reason.of(e),
                    e);
        }
        report(root);
    }

    private void compare(ConfigurationComparison comparison, HostConfiguration result) {
        Set<String> own = source.scopes();
        Set<String> scopes = new LinkedHashSet<>(SampleReferences.scopes(source, result));
        scopes.add(DockerHub.NAMESPACE);
        scopes.addAll(LOCAL);
        for (String scope : scopes) {
            boolean left = !own.contains(scope) && Localhost.isLocalhost(scope);
            boolean added = !own.contains(scope) && result.scopes().contains(scope);
            for (ScopedChange change : comparison.compare(scope, comparison.samples(scope))) {
                if (isImportant(change.change())) {
                    note(change, left, added);
                }
            }
            for (ScopedChange change : comparison.compare(scope, SampleReferences.beside(scope))) {
                if (isImportant(change.change())) {
                    note(change, left, added);
                }
            }
        }
    }

    private boolean isImportant(HostChange change) {
        namespaceDiffers |= change.kind() == Kind.NAMESPACE_PARAMETER;
        boolean reported =
                change.kind() == Kind.NAMESPACE_PARAMETER || change.kind() == Kind.CREDENTIALS && target != Target.K3S;
        boolean safer = change.kind() == Kind.PROTECTION && !change.dangerous() && target == Target.REGISTRIES_CONF;
        return !UNIMPORTANT.contains(change.kind()) && !reported && !safer;
    }

    private void note(ScopedChange change, boolean localhost, boolean added) {
        if (localhost) {
            localhostDiffers = true;
        } else if (added) {
            findings.warning(
                    "also-applies",
                    change.change().before(),
                    "images of " + change.scope() + " itself are affected too, because " + target.form()
                            + " has such settings by host: " + change.change().message(),
                    "",
                    "nothing has to be done unless images are pulled from there directly");
        } else {
            differences.add(change.scope() + ": " + change.change().message() + " ("
                    + change.change().before() + ")");
        }
    }

    private void report(Path root) {
        SourcePosition position = SourcePosition.of(root);
        if (namespaceDiffers) {
            findings.info(
                    "namespace-parameter",
                    position,
                    "the runtimes differ in whether requests to a mirror name the registry, in the parameter ns",
                    "",
                    "a mirror that stands in for several registries at one path needs it; others do not");
        }
        if (localhostDiffers) {
            findings.info(
                    "localhost",
                    position,
                    "a registry on localhost without settings is asked by other protocols",
                    "",
                    "nothing has to be done unless images are pulled from localhost");
        }
        if (differences.isEmpty()) {
            return;
        }
        List<String> shown = differences.subList(0, Math.min(differences.size(), MAX_SHOWN));
        if (!approximate) {
            throw new ConfigurationException(target.form() + " would not mean the same, and is not written: "
                    + String.join("; ", shown) + "; convert these by hand, or add --approximate");
        }
        shown.forEach(difference ->
                findings.warning("differs", position, difference, "", "compare both with jpull hosts diff"));
    }
}
