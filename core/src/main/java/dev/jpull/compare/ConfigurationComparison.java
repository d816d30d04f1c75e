// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compare;

import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.image.ImageReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares two configurations by the hosts that they ask for images. */
public final class ConfigurationComparison {
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
     * @param scope what it is about: a registry, repository or domain, {@code *}, or one image
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
     * @param images images that are compared in addition, each as a scope of its own
     */
    public List<ScopedChange> changes(Collection<ImageReference> images) {
        Map<String, List<ScopedChange>> byScope = new LinkedHashMap<>();
        for (String scope : SampleReferences.scopes(before, after)) {
            byScope.put(scope, compare(scope, samples(scope)));
        }
        for (ImageReference image : images) {
            byScope.put(image.toString(), compare(image.toString(), List.of(image)));
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
