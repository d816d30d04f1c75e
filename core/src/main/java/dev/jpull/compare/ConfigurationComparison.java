// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compare;

import dev.jpull.compare.HostChange.Kind;
import dev.jpull.compare.HostChange.Sign;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.ReferenceException;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.image.ImageReference;
import dev.jpull.text.ForeignText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares two configurations by the hosts that they ask for images. */
public final class ConfigurationComparison {
    /** The scope of what images without a registry mean. */
    public static final String SHORT_NAMES = "short names";

    /** An image without a registry. */
    public static final String SHORT_NAME = "app";

    private static final int MAX_ALIASES = 10_000;

    private final HostConfiguration before;
    private final HostConfiguration after;
    private final FileContent beforeFiles;
    private final FileContent afterFiles;

    /**
     * Of two configurations.
     *
     * @param beforeRoot the file or directory of the old one
     * @param afterRoot the file or directory of the new one
     */
    public ConfigurationComparison(HostConfiguration before, Path beforeRoot, HostConfiguration after, Path afterRoot) {
        this.before = before;
        this.after = after;
        this.beforeFiles = new FileContent(beforeRoot);
        this.afterFiles = new FileContent(afterRoot);
    }

    /**
     * A difference, and for what it was found.
     *
     * @param scope what it is about: a registry, repository or domain, {@code *}, {@link #SHORT_NAMES}, or one image
     * @param change the difference
     * @param images the images for which it was found; empty when it was found for all images of the scope that were tried
     */
    public record ScopedChange(String scope, HostChange change, List<ImageReference> images) {
        /** Copies the list. */
        public ScopedChange {
            images = List.copyOf(images);
        }
    }

    /**
     * The differences by scope: scopes with dangerous ones first, and within a scope the dangerous ones.
     *
     * @param images references as they are given to a pull, which are compared in addition, each as a scope of its own
     */
    public List<ScopedChange> changes(Collection<String> images) {
        Map<String, List<ScopedChange>> byScope = new LinkedHashMap<>();
        for (String scope : SampleReferences.scopes(before, after)) {
            byScope.put(scope, compare(scope, samples(scope)));
        }
        byScope.put(
                SHORT_NAMES,
                shortNames().stream()
                        .map(change -> new ScopedChange(SHORT_NAMES, change, List.of()))
                        .toList());
        for (String image : images) {
            List<ScopedChange> changes = new ArrayList<>();
            shortName(image).ifPresent(change -> changes.add(new ScopedChange(image, change, List.of())));
            Set<ImageReference> meanings = new LinkedHashSet<>(meanings(before, image));
            meanings.addAll(meanings(after, image));
            changes.addAll(compare(image, List.copyOf(meanings)));
            byScope.put(image, changes);
        }
        List<ScopedChange> dangerous = new ArrayList<>();
        List<ScopedChange> others = new ArrayList<>();
        for (List<ScopedChange> changes : byScope.values()) {
            boolean any = changes.stream().anyMatch(each -> each.change().dangerous());
            (any ? dangerous : others).addAll(changes);
        }
        dangerous.addAll(others);
        return dangerous;
    }

    /** The images of a scope that are tried: some that always are, and those that the rules of its hosts rename. */
    public List<ImageReference> samples(String scope) {
        List<ImageReference> within = SampleReferences.within(scope);
        Set<ImageReference> samples = new LinkedHashSet<>(within);
        for (ImageReference image : within) {
            Set<RenamingRule> rules = new LinkedHashSet<>(rules(before, beforeFiles, image));
            rules.addAll(rules(after, afterFiles, image));
            samples.addAll(SampleReferences.renamed(image.domain(), rules));
        }
        return List.copyOf(samples);
    }

    private static List<RenamingRule> rules(HostConfiguration configuration, FileContent files, ImageReference image) {
        return ImageRequests.of(configuration, image, files).hosts().stream()
                .map(HostRequest::host)
                .map(RegistryHost::extensions)
                .flatMap(extensions -> extensions.renames().stream())
                .toList();
    }

    /** The names without a registry that mean other images: an example of those without an alias, and all aliases. */
    private List<HostChange> shortNames() {
        Set<String> names = new TreeSet<>(before.aliases().keySet());
        names.addAll(after.aliases().keySet());
        if (names.size() > MAX_ALIASES) {
            throw new ConfigurationException("the configurations have more than " + MAX_ALIASES
                    + " aliases, which is the limit for a comparison");
        }
        Set<String> ordered = new LinkedHashSet<>(List.of(SHORT_NAME));
        ordered.addAll(names);
        return ordered.stream().flatMap(name -> shortName(name).stream()).toList();
    }

    /** Whether a reference without a registry means other images. */
    public Optional<HostChange> shortName(String image) {
        List<ImageReference> old = meanings(before, image);
        List<ImageReference> now = meanings(after, image);
        return old.equals(now)
                ? Optional.empty()
                : Optional.of(new HostChange(
                        Kind.SHORT_NAMES,
                        Sign.CHANGED,
                        now.isEmpty() || !old.containsAll(now),
                        "\"" + image + "\" means " + names(now) + "; was " + names(old),
                        before.aliases().getOrDefault(image, SourcePosition.BUILT_IN),
                        after.aliases().getOrDefault(image, SourcePosition.BUILT_IN)));
    }

    private static List<ImageReference> meanings(HostConfiguration configuration, String image) {
        try {
            return configuration.meanings(image);
        } catch (ReferenceException e) {
            return List.of(); // without a registry, the image means nothing there
        }
    }

    private static String names(List<ImageReference> images) {
        return images.isEmpty()
                ? "nothing"
                : ForeignText.line(images.stream().map(ImageReference::name).collect(Collectors.joining(" or ")));
    }

    /** The differences for some images, each once. */
    public List<ScopedChange> compare(String scope, List<ImageReference> images) {
        Map<HostChange, List<ImageReference>> found = new LinkedHashMap<>();
        for (ImageReference image : images) {
            for (HostChange change : compare(image)) {
                found.computeIfAbsent(change, unseen -> new ArrayList<>()).add(image);
            }
        }
        List<ScopedChange> dangerous = new ArrayList<>();
        List<ScopedChange> others = new ArrayList<>();
        found.forEach((change, where) -> (change.dangerous() ? dangerous : others)
                .add(new ScopedChange(scope, change, where.size() == images.size() ? List.of() : where)));
        dangerous.addAll(others);
        return dangerous;
    }

    /** The differences for one image. */
    public List<HostChange> compare(ImageReference image) {
        return HostListComparison.of(
                ImageRequests.of(before, image, beforeFiles), ImageRequests.of(after, image, afterFiles));
    }
}
