// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.finding.NodeRelease;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.CriConfig;
import dev.jpull.lint.Findings;
import dev.jpull.toml.TomlFile;
import java.util.List;
import java.util.Set;

/** What the containerd of named releases does otherwise with a config.toml. For files without errors. */
final class CriReleaseLint {
    private static final List<String> VERSION = List.of("version");
    private static final List<String> IMAGES = List.of("plugins", "io.containerd.cri.v1.images");

    private final TomlFile file;
    private final CriConfig config;
    private final Set<NodeRelease> nodes;
    private final Findings findings;

    CriReleaseLint(TomlFile file, CriConfig config, Set<NodeRelease> nodes, Findings findings) {
        this.file = file;
        this.config = config;
        this.nodes = nodes;
        this.findings = findings;
    }

    void review() {
        for (NodeRelease node : NodeRelease.values()) {
            if (nodes.contains(node) && node.isContainerd()) {
                reviewVersion(node);
                reviewTable(node);
                reviewList(node);
            }
        }
    }

    private void reviewVersion(NodeRelease node) {
        long version = file.get(VERSION) instanceof Long number ? number : 1;
        long newest = newestVersion(node);
        if (version > newest) {
            findings.error(
                    "release-version",
                    file.positionOf(VERSION),
                    node.label() + " does not know version " + version
                            + " of the configuration; the newest that it knows is " + newest,
                    "does not start; 1.7 before 1.7.17 and 1.6 before 1.6.32 start, and read other tables",
                    "write version = " + newest + " and the tables of that version");
        }
    }

    private static long newestVersion(NodeRelease node) {
        if (node.isBefore(NodeRelease.CONTAINERD_2_0)) {
            return 2;
        }
        return node.isBefore(NodeRelease.CONTAINERD_2_3) ? 3 : 4;
    }

    private void reviewTable(NodeRelease node) {
        List<String> registry = List.of(IMAGES.get(0), IMAGES.get(1), "registry");
        if (node.isBefore(NodeRelease.CONTAINERD_2_0) && file.isTable(registry)) {
            findings.error(
                    "release-table",
                    file.positionOf(registry),
                    node.label() + " has no plugin \"" + IMAGES.get(1) + "\", which came with 2.0",
                    "ignores the table, and asks the registries themselves",
                    "write [plugins.\"io.containerd.grpc.v1.cri\".registry]");
        }
    }

    /** Q-CRI-1: the transfer service, which pulls since 2.1 unless other settings select the older way. */
    private void reviewList(NodeRelease node) {
        SourcePosition position = config.configPathAt();
        if (position != null && config.configPath().size() > 1 && !node.isBefore(NodeRelease.CONTAINERD_2_1)) {
            findings.warning(
                    "release-config-path",
                    position,
                    node.label() + " takes the list of directories for the name of one directory",
                    "finds no such directory, and asks the registries themselves, unless use_local_image_pull is set",
                    "name one directory, or set use_local_image_pull = true");
        }
    }
}
