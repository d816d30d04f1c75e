// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import dev.jpull.compare.RuleKind;
import dev.jpull.compare.SampleReferences;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Asks a configuration for the hosts of each registry, and reports rules that are no rules for a whole registry. */
final class EntryCollector {
    private final HostConfiguration source;
    private final Target target;
    private final Unsayable unsayable;

    EntryCollector(HostConfiguration source, Target target, Unsayable unsayable) {
        this.source = source;
        this.target = target;
        this.unsayable = unsayable;
    }

    /** The entries in alphabetical order, with that for all other registries at the end. */
    List<Entry> collect(Collection<String> scopes) {
        Set<String> registries = new TreeSet<>(scopes);
        boolean all = registries.remove(HostConfiguration.ALL);
        List<Entry> entries = new ArrayList<>();
        for (String scope : registries) {
            if (ImageReference.isRegistry(scope)) {
                entry(scope).ifPresent(entries::add);
            } else if (!isToldByOther(scope, registries)) {
                reportOther(scope);
            }
        }
        if (all) {
            entry(HostConfiguration.ALL).ifPresent(entries::add);
        }
        return entries;
    }

    /**
     * Whether the rule has another scope, which says more: that of its ports when a registry needs a port, as a name without a
     * dot does, else the registry or domain itself.
     */
    private static boolean isToldByOther(String scope, Set<String> scopes) {
        return SampleReferences.isOtherPorts(scope)
                ? !SampleReferences.within(SampleReferences.withoutPorts(scope)).isEmpty()
                : SampleReferences.within(scope).isEmpty() && scopes.contains(scope + HostConfiguration.OTHER_PORTS);
    }

    /** A scope that is no registry. */
    private void reportOther(String scope) {
        if (SampleReferences.within(scope).isEmpty()) {
            neverMatched(scope);
        } else {
            reportPartOfRegistry(scope);
        }
    }

    private void reportPartOfRegistry(String scope) {
        SourcePosition position = SourcePosition.BUILT_IN;
        String refusal = "";
        try {
            for (ImageReference image : SampleReferences.within(scope)) {
                position = source.hostsFor(image).hosts().get(0).source();
            }
        } catch (ConfigurationException e) {
            refusal = " (" + e.getMessage() + ")";
        }
        unsayable.report(
                "part-of-registry",
                position,
                SampleReferences.isOtherPorts(scope)
                        ? "a rule for all ports of \"" + SampleReferences.withoutPorts(scope) + "\"" + refusal
                        : "a rule for \"" + scope + "\", which is not one whole registry" + refusal,
                "write a rule for the registry");
    }

    private SourcePosition positionOf(String name) {
        if (source instanceof ContainerdHosts containerd && containerd.cri() != null) {
            CriConfig.Mirror mirror = containerd.cri().mirrors().get(name);
            CriConfig.HostSettings settings = containerd.cri().configs().get(name);
            return mirror != null ? mirror.source() : settings != null ? settings.source() : SourcePosition.BUILT_IN;
        }
        return SourcePosition.BUILT_IN;
    }

    private void neverMatched(String name) {
        unsayable
                .findings()
                .warning(
                        "never-matches",
                        positionOf(name),
                        "\"" + name + "\" matches no registry and is left out",
                        Findings.IGNORED,
                        "remove it");
    }

    private Optional<Entry> entry(String scope) {
        try {
            List<ImageReference> samples = SampleReferences.within(scope);
            List<RegistryHost> hosts = new ArrayList<>();
            for (RegistryHost host : hostsByTagAndDigest(samples)) {
                hosts.add(withPathForRewrite(withPathForRenaming(host, samples)));
            }
            List<RegistryHost> once = withoutRepeated(hosts);
            return once.isEmpty() ? Optional.empty() : Optional.of(new Entry(scope, once, source.credentials()));
        } catch (ConfigurationException e) {
            unsayable.report(
                    "refused",
                    SourcePosition.BUILT_IN,
                    "that images of " + scope + " are refused (" + e.getMessage() + ")",
                    "block the registry by other means");
            return Optional.empty();
        }
    }

    /** The hosts of a sample by tag, which are those by digest too unless a mirror is for one of them alone. */
    private List<RegistryHost> hostsByTagAndDigest(List<ImageReference> samples) {
        ImageReference tagged = samples.get(0);
        ImageReference pinned = samples.get(1);
        List<RegistryHost> byTag = content(tagged);
        List<RegistryHost> byDigest = content(pinned);
        for (RegistryHost host : byTag) {
            if (!byDigest.contains(host)) {
                unsayable.report(
                        "tag-only",
                        host.source(),
                        "the mirror " + host.origin() + " for tags alone",
                        "use it for digests too");
            }
        }
        RegistryHost last = byTag.stream()
                .filter(byDigest::contains)
                .reduce((earlier, later) -> later)
                .orElse(null);
        List<RegistryHost> hosts = new ArrayList<>();
        for (int i = 0; i < byDigest.size(); i++) {
            RegistryHost host = byDigest.get(i);
            if (byTag.contains(host)) {
                hosts.add(host);
            } else if (reportDigestsAlone(host, i < byDigest.lastIndexOf(last))) {
                hosts.add(host.withCapabilities(EnumSet.of(Capability.PULL)));
            }
        }
        return hosts;
    }

    /**
     * Reports a mirror for digests alone; returns whether it is written as the nearest, which is one that is not asked for tags.
     *
     * @param mirror whether another host comes after it; the last host would be asked for tags
     */
    private boolean reportDigestsAlone(RegistryHost host, boolean mirror) {
        String what = "the mirror " + host.origin() + " for digests alone";
        if (target.isHostsDirectory() && mirror) {
            return unsayable.nearest(
                    "digest-only",
                    host.source(),
                    what,
                    "it is written with capabilities = [\"pull\"], and serves the content of images that are named by a tag as well",
                    "remove the mirror where it must serve images that are named by a digest alone");
        }
        unsayable.report("digest-only", host.source(), what, "use it for tags too");
        return false;
    }

    private List<RegistryHost> content(ImageReference image) {
        return source.hostsFor(image).hosts().stream()
                .filter(host -> host.can(EnumSet.of(Capability.PULL)))
                .toList();
    }

    /** Rules that put the same text in front of every repository are a path. */
    private RegistryHost withPathForRenaming(RegistryHost host, List<ImageReference> samples) {
        if (host.extensions().renames().stream().allMatch(RuleKind::isExpression)) {
            return host;
        }
        Set<String> fronts = new LinkedHashSet<>();
        for (ImageReference image : samples) {
            String name = host.repository(image.path());
            boolean longer = name.endsWith("/" + image.path());
            fronts.add(longer ? name.substring(0, name.length() - image.path().length() - 1) : "\n" + name);
        }
        String front = fronts.iterator().next();
        if (fronts.size() > 1 || front.startsWith("\n")) {
            unsayable.report(
                    "renaming",
                    host.source(),
                    "the names of the repositories at " + host.origin(),
                    "give the repositories the same names there");
            front = "";
        }
        return withPath(host, front);
    }

    /** A rewrite that puts the same text in front of every repository is a path, which every target has. */
    private RegistryHost withPathForRewrite(RegistryHost host) {
        Optional<String> front =
                target == Target.HOSTS || target == Target.REGISTRIES_CONF ? PrefixRewrite.of(host) : Optional.empty();
        front.ifPresent(text -> unsayable
                .findings()
                .info(
                        "rewrite-as-path",
                        host.source(),
                        "the rewrite that puts \"" + text + "/\" in front of every repository at " + host.origin()
                                + " is written as a path",
                        "",
                        "nothing has to be done"));
        return front.map(text -> withPath(host, text)).orElse(host);
    }

    private static RegistryHost withPath(RegistryHost host, String front) {
        return new RegistryHost(
                host.scheme(),
                host.host(),
                host.path() + (front.isEmpty() ? "" : "/" + front),
                host.capabilities(),
                host.tls(),
                host.httpFallback(),
                host.headers(),
                host.dialTimeout(),
                host.extensions().withRenames(List.of()),
                host.provenance());
    }

    /** A host that is listed twice is written once. */
    private List<RegistryHost> withoutRepeated(List<RegistryHost> hosts) {
        Map<String, RegistryHost> once = new LinkedHashMap<>();
        for (RegistryHost host : hosts) {
            String address = host.origin() + host.path().replaceAll("/+", "/").replaceAll("/$", "");
            if (once.putIfAbsent(address, host) != null) {
                unsayable
                        .findings()
                        .info(
                                "duplicate-host",
                                host.source(),
                                address + " is listed twice, and written once",
                                "asks it twice",
                                "nothing is lost");
            }
        }
        return List.copyOf(once.values());
    }
}
