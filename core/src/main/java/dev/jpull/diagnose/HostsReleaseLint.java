// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.finding.NodeRelease;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.toml.TomlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the containerd of named releases does otherwise with a hosts.toml. For files without errors. */
final class HostsReleaseLint {
    private static final List<String> HOSTS = List.of("host");
    private static final String UPGRADE = "upgrade these nodes";

    private final TomlFile file;
    private final Set<NodeRelease> nodes;
    private final Findings findings;

    HostsReleaseLint(TomlFile file, Set<NodeRelease> nodes, Findings findings) {
        this.file = file;
        this.nodes = nodes;
        this.findings = findings;
    }

    void review() {
        for (NodeRelease node : NodeRelease.values()) {
            if (nodes.contains(node) && node.isContainerd()) {
                review(node);
            }
        }
    }

    private void review(NodeRelease node) {
        reviewMissingHosts(node);
        for (List<String> host : hosts()) {
            reviewReferrers(node, host);
            reviewDialTimeout(node, host);
            reviewRewrite(node, host);
        }
    }

    /** The root, which is the server, and each host. */
    private List<List<String>> hosts() {
        List<List<String>> hosts = new ArrayList<>(List.of(List.of()));
        file.keys(HOSTS).forEach(name -> hosts.add(List.of("host", name)));
        return hosts;
    }

    /** Fixed in 1.7 after 1.7.24. */
    private void reviewMissingHosts(NodeRelease node) {
        if (node.isBefore(NodeRelease.CONTAINERD_2_0) && !file.contains(HOSTS)) {
            findings.error(
                    "release-host-table",
                    SourcePosition.of(file.path()),
                    node.label() + " does not read a hosts.toml without a [host] table"
                            + (node == NodeRelease.CONTAINERD_1_7 ? ", up to 1.7.24 at least" : ""),
                    Findings.FILE_DROPPED,
                    "add a line [host] at the end");
        }
    }

    private void reviewReferrers(NodeRelease node, List<String> host) {
        if (node.isBefore(NodeRelease.CONTAINERD_2_2)) {
            for (SourcePosition position : file.positionsOf(with(host, "capabilities"), "referrers")) {
                findings.error(
                        "release-capability",
                        position,
                        node.label() + " does not know the capability \"referrers\", which came with 2.2",
                        Findings.FILE_DROPPED,
                        "remove it for these nodes");
            }
        }
    }

    private void reviewDialTimeout(NodeRelease node, List<String> host) {
        List<String> key = with(host, "dial_timeout");
        if (node.isBefore(NodeRelease.CONTAINERD_2_1) && file.contains(key)) {
            boolean some = node == NodeRelease.CONTAINERD_2_0;
            findings.warning(
                    "release-key",
                    file.positionOf(key),
                    node.label() + " does not know \"dial_timeout\""
                            + (some ? " before its release 2.0.6" : ", which came with 2.1 and 2.0.6"),
                    "ignores it: a host that does not answer costs 30 seconds at each connection",
                    UPGRADE);
        }
    }

    private void reviewRewrite(NodeRelease node, List<String> host) {
        List<String> key = with(host, "rewrite");
        if (file.isTable(key)) {
            findings.error(
                    "release-rewrite",
                    file.positionOf(key),
                    node.label() + " does not know \"rewrite\", which only the containerd of k3s and RKE2 reads",
                    "ignores it, and asks this host for repositories of other names",
                    "write the path into the URL of the host, with override_path = true");
        }
    }

    private static List<String> with(List<String> host, String key) {
        List<String> path = new ArrayList<>(host);
        path.add(key);
        return path;
    }
}
