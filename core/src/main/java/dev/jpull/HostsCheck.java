// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.diagnose.CertificateLint;
import dev.jpull.diagnose.ConfigurationLint;
import dev.jpull.diagnose.Excerpt;
import dev.jpull.finding.Finding;
import dev.jpull.finding.NodeRelease;
import dev.jpull.finding.SourcePosition;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Finds what is wrong with a host configuration before a node does. Contacts nothing.
 *
 * @since 0.1.0
 */
public final class HostsCheck {
    private static final Comparator<Finding> BY_PLACE = Comparator.comparing(
                    (Finding finding) -> String.valueOf(finding.position().file()))
            .thenComparing(Finding::position, Comparator.comparingInt(SourcePosition::line))
            .thenComparing(Finding::position, Comparator.comparingInt(SourcePosition::column))
            .thenComparing(Finding::severity);

    /** The code of the error that a path could not be checked, because it has no configuration of registries. */
    public static final String NOT_CHECKED = ConfigurationLint.NOT_CHECKED;

    private HostsCheck() {}

    /**
     * What a check judges.
     *
     * @param nodes the releases for which configurations are judged; with none, only what holds for all of them is found
     * @param certificates whether the certificate and key files that configurations name are read, and the directories of
     *     {@code config_path}; {@code false} where they are on the nodes alone
     */
    public record Options(Set<NodeRelease> nodes, boolean certificates) {
        /** No release in particular, and certificates are read. */
        public static final Options DEFAULTS = new Options(Set.of(), true);

        /** Copies the set. */
        public Options {
            nodes = Set.copyOf(Objects.requireNonNull(nodes, "nodes"));
        }
    }

    /**
     * Checks a hosts directory, the directory of one registry, or a configuration file of any runtime (a containerd
     * config.toml with the hosts directories that it names); the certificates and keys that they name as well. Below a directory
     * that is no configuration itself, all configurations are found.
     *
     * @param path a file or a directory
     * @return what was found, in the order of files and lines; the error {@code not-checked} when there is nothing at the path
     */
    public static List<Finding> of(Path path) {
        return review(List.of(Objects.requireNonNull(path, "path")), Options.DEFAULTS)
                .findings();
    }

    /**
     * Checks several of them. Below a directory that is no configuration itself, all configurations are found; links are
     * not followed, and files outside of that directory which configurations name, which are files of the nodes, are not
     * read. No path, a path with nothing at it, or one with no configuration below it, is the error {@code not-checked} among the findings.
     *
     * @param paths files and directories
     * @param options how it is done
     * @return what the checks have found
     */
    public static HostsReview review(List<Path> paths, Options options) {
        Objects.requireNonNull(paths, "paths");
        Objects.requireNonNull(options, "options");
        ConfigurationLint lint = new ConfigurationLint(options.nodes(), options.certificates());
        Set<HostsReview.Checked> checked = new LinkedHashSet<>();
        for (Path path : paths) {
            lint.review(path)
                    .forEach(found -> checked.add(
                            new HostsReview.Checked(found.path(), found.kind().label())));
        }
        if (paths.isEmpty()) {
            lint.nothingToReview();
        }
        Set<Finding> all = new LinkedHashSet<>(lint.findings());
        if (options.certificates()) {
            CertificateLint certificates = new CertificateLint(Instant.now());
            lint.hosts()
                    .forEach(reviewed -> certificates.review(reviewed.host(), reviewed.configuration()::isElsewhere));
            all.addAll(certificates.findings());
        }
        List<Finding> sorted = new ArrayList<>(all);
        sorted.sort(BY_PLACE);
        return new HostsReview(List.copyOf(checked), sorted);
    }

    /**
     * The line that a finding is about, and below it a caret at the place in that line. Texts that may be secrets are shown
     * as stars.
     *
     * @param finding what the check has found
     * @return no line when the position names none or the file cannot be read, one line when the whole line is meant, or
     *     the line and the line with the caret
     */
    public static List<String> excerpt(Finding finding) {
        return Excerpt.at(finding.position())
                .map(excerpt -> excerpt.pointer().isEmpty()
                        ? List.of(excerpt.line())
                        : List.of(excerpt.line(), excerpt.pointer()))
                .orElse(List.of());
    }
}
