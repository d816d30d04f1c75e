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
import dev.jpull.error.ReferenceException;
import dev.jpull.file.Reason;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.lint.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads what was written, and compares its meaning with that of the source. */
final class Proof {
    /** What no target changes for containers: jpull asks for referrers, and rules in another form have the same effect. */
    private static final Set<Kind> UNIMPORTANT = EnumSet.of(Kind.REFERRERS, Kind.RENAMING);

    /** What registries.yaml has for a host, whether it is a mirror or the registry of an image. */
    private static final Set<Kind> BY_HOST =
            EnumSet.of(Kind.VERIFICATION, Kind.AUTHORITIES, Kind.CLIENT_CERTIFICATES, Kind.CREDENTIALS);

    private static final List<String> LOCAL = List.of("localhost", "localhost:5000", "127.0.0.1:5000");
    private static final int MAX_SHOWN = 20;

    private final HostConfiguration source;
    private final Path root;
    private final Target target;
    private final Findings findings;
    private final boolean approximate;
    private final List<String> differences = new ArrayList<>();
    private final Map<String, SourcePosition> otherPorts = new LinkedHashMap<>();
    private final Map<String, SourcePosition> aliases = new LinkedHashMap<>();
    private boolean namespaceDiffers;
    private boolean localhostDiffers;

    /**
     * For one conversion.
     *
     * @param root the file or directory of the source
     */
    Proof(HostConfiguration source, Path root, Target target, Findings findings, boolean approximate) {
        this.source = source;
        this.root = root;
        this.target = target;
        this.findings = findings;
        this.approximate = approximate;
    }

    /**
     * Compares.
     *
     * @throws ConfigurationException if the written files do not mean the same
     */
    void verify(Map<String, WrittenText> files) {
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
        report();
    }

    private void compare(ConfigurationComparison comparison, HostConfiguration result) {
        Set<String> own = source.scopes();
        Set<String> written = result.scopes();
        Set<String> scopes = new LinkedHashSet<>(SampleReferences.scopes(source, result));
        scopes.add(DockerHub.NAMESPACE);
        scopes.addAll(LOCAL);
        source.aliases()
                .forEach((name, position) ->
                        comparison.shortName(name).ifPresent(change -> aliases.put(name, position)));
        if (!source.aliases().containsKey(ConfigurationComparison.SHORT_NAME)) {
            comparison.shortName(ConfigurationComparison.SHORT_NAME).ifPresent(this::noteShortName);
        }
        for (String scope : scopes) {
            boolean left = !own.contains(scope) && Localhost.isLocalhost(scope);
            boolean added = target == Target.K3S && !own.contains(scope) && written.contains(scope);
            List<ScopedChange> changes = new ArrayList<>(comparison.compare(scope, comparison.samples(scope)));
            changes.addAll(comparison.compare(scope, SampleReferences.beside(scope)));
            for (ScopedChange change : changes) {
                if (SampleReferences.isOtherPorts(scope)) {
                    otherPorts.putIfAbsent(SampleReferences.withoutPorts(scope), positionOf(change.change()));
                } else if (isImportant(change.change())) {
                    note(change, left, added && BY_HOST.contains(change.change().kind()));
                }
            }
        }
    }

    private SourcePosition positionOf(HostChange change) {
        return change.before().file() == null ? SourcePosition.of(root) : change.before();
    }

    /** A name without a registry that was refused, and is one of Docker Hub in the target, is no error. */
    private void noteShortName(HostChange change) {
        try {
            source.meanings(ConfigurationComparison.SHORT_NAME);
            differences.add(ConfigurationComparison.SHORT_NAMES + ": " + change.message());
        } catch (ReferenceException e) {
            findings.info(
                    "short-names",
                    SourcePosition.of(root),
                    "images without a registry are refused in the source, and are those of Docker Hub in the target",
                    "",
                    "nothing has to be done where the registry is written out");
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
            SourcePosition before = change.change().before();
            differences.add(change.scope() + ": " + change.change().message()
                    + (before.file() == null ? "" : " (" + before + ")"));
        }
    }

    private static String list(Collection<String> names) {
        String some = names.stream().limit(MAX_SHOWN).collect(Collectors.joining(", "));
        return names.size() > MAX_SHOWN ? some + " and " + (names.size() - MAX_SHOWN) + " more" : some;
    }

    private void report() {
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
        otherPorts.values().stream()
                .findFirst()
                .ifPresent(first -> findings.warning(
                        "other-ports",
                        first,
                        "in registries.conf a rule without a port applies to all ports of the registry, in other dialects to none"
                                + " of them: other hosts are asked for images of "
                                + list(otherPorts.keySet()) + " with another port",
                        "",
                        "nothing has to be done unless images are named with such a port; then write a rule with it"));
        aliases.values().stream()
                .findFirst()
                .ifPresent(first -> findings.warning(
                        "aliases",
                        first,
                        "aliases are not carried over: " + list(aliases.keySet()),
                        "",
                        "write images in full"));
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
