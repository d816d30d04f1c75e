// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PrintableText;
import dev.jpull.PulledReferrer;
import dev.jpull.ReferrerTree;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prints a tree of referrers, a line for each: type, digest and size, and a line for each of its annotations.
 *
 * @param out where to
 * @param ofTypes whether only artifacts of some types were asked for
 */
record ReferrerLines(PrintWriter out, boolean ofTypes) {
    private static final String INDENT = "  ";

    void print(ReferrerTree tree) {
        out.println(tree.name() + " " + tree.digest());
        print(tree.referrers(), 1);
        for (ReferrerTree.Manifest manifest : tree.manifests()) {
            if (!manifest.referrers().isEmpty()) {
                String platform = manifest.platform() == null ? "manifest" : String.valueOf(manifest.platform());
                out.println(INDENT + PrintableText.line(platform) + " " + manifest.digest());
                print(manifest.referrers(), 2);
            }
        }
        if (tree.referrers().isEmpty()
                && tree.manifests().stream().allMatch(each -> each.referrers().isEmpty())) {
            out.println(INDENT + (ofTypes ? "nothing of these types refers to it" : "nothing refers to it"));
        }
    }

    private void print(List<ReferrerTree.Node> nodes, int depth) {
        for (ReferrerTree.Node node : nodes) {
            PulledReferrer artifact = node.artifact();
            List<String> parts = new ArrayList<>();
            parts.add(artifact.artifactType().isEmpty() ? "unknown" : PrintableText.line(artifact.artifactType()));
            parts.add(artifact.digest().toString());
            parts.add(artifact.size() + " bytes");
            if (!artifact.tag().isEmpty()) {
                parts.add("by its tag");
            }
            out.println(INDENT.repeat(depth) + String.join(" ", parts));
            for (Map.Entry<String, String> annotation : artifact.annotations().entrySet()) {
                out.println(INDENT.repeat(depth + 2) + PrintableText.line(annotation.getKey()) + "="
                        + PrintableText.line(annotation.getValue()));
            }
            print(node.referrers(), depth + 1);
        }
    }
}
