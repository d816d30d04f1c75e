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
    private final List<Entry> entries;
    private final Unsayable unsayable;
    private final Findings findings;
    private final Map<String, SourcePosition> otherPorts = new LinkedHashMap<>();
    private int differences;
    private boolean namespaceDiffers;
    private boolean referrersDiffer;
    private boolean localhostDiffers;

    /**
     * For one conversion.
     *
     * @param root the file or directory of the source
     * @param entries what was written
     */
    Proof(HostConfiguration source, Path root, List<Entry> entries, Target target, Unsayable unsayable) {
        this.source = source;
        this.root = root;
        this.entries = List.copyOf(entries);
        this.target = target;
        this.unsayable = unsayable;
        this.findings = unsayable.findings();
    }

    /**
     * Compares; a difference is a finding.
     *
     * @throws ConfigurationException if the written files cannot be read again
     */
    void verify(Map<String, WrittenText> files) {
        try {
            Path temporary = Files.createTempDirectory("jpull-convert-"); // for this user alone: there may be secrets
            try {
                Path written = temporary.resolve(target.fileName());
                if (target.isHostsDirectory()) {
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
                .forEach((name, position) -> comparison
                        .shortName(name)
                        .ifPresent(change -> unsayable.report(
                                "aliases", position, "the alias \"" + name + "\"", "write images in full")));
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
            differs(ConfigurationComparison.SHORT_NAMES, change);
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
        referrersDiffer |= change.kind() == Kind.REFERRERS;
        boolean reported =
                change.kind() == Kind.NAMESPACE_PARAMETER || change.kind() == Kind.CREDENTIALS && target != Target.K3S;
        boolean safer = change.kind() == Kind.PROTECTION && !change.dangerous() && target == Target.REGISTRIES_CONF;
        return !UNIMPORTANT.contains(change.kind()) && !reported && !safer;
    }

    private void note(ScopedChange change, boolean localhost, boolean added) {
        if (localhost) {
            localhostDiffers = true;
        } else if (added) {
            noteAlsoApplies(change.scope(), change.change());
        } else {
            differs(change.scope(), change.change());
        }
    }

    /** Less verification of another registry is as bad as any difference; other settings only reach further. */
    private void noteAlsoApplies(String registry, HostChange change) {
        String message = "images of " + registry + " itself are affected too, because " + target.form()
                + " has such settings by host: " + change.message();
        SourcePosition position = positionOfSetting(registry, change);
        if (change.kind() == Kind.VERIFICATION && change.dangerous()) {
            unsayable.differs("also-applies", position, message, "have the certificate of the mirror verified");
        } else {
            findings.warning(
                    "also-applies",
                    position,
                    message,
                    "",
                    "nothing has to be done unless images are pulled from there directly");
        }
    }

    /** Where the settings of a mirror are written that are now those of a registry. */
    private SourcePosition positionOfSetting(String registry, HostChange change) {
        String host = DockerHub.apiHost(registry);
        String setting = switch (change.kind()) {
            case VERIFICATION -> "skip_verify";
            case AUTHORITIES -> "ca";
            case CLIENT_CERTIFICATES -> "client";
            default -> "";
        };
        return entries.stream()
                .flatMap(entry -> entry.hosts().stream())
                .filter(written -> written.host().equals(host))
                .map(written -> Unsayable.position(written, setting))
                .findFirst()
                .orElse(positionOf(change));
    }

    private void differs(String scope, HostChange change) {
        differences++;
        if (differences <= MAX_SHOWN) {
            unsayable.differs(
                    "differs",
                    positionOf(change),
                    target.form() + " does not mean the same for " + scope + ": " + change.message(),
                    "compare both configurations, and write this part by hand");
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
        if (referrersDiffer) {
            findings.info(
                    "referrers",
                    position,
                    "some hosts are asked for referrers (signatures, SBOMs) by only one of the two configurations",
                    "",
                    "nothing has to be done for pulls of images");
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
        if (differences > MAX_SHOWN) {
            unsayable.differs(
                    "differs",
                    position,
                    (differences - MAX_SHOWN) + " more differences are not listed",
                    "convert a part of the configuration");
        }
    }
}
