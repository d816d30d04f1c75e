// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PulledReferrer;
import dev.jpull.ReferrerTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The machine formats of tags and referrers. Fields may be added, never renamed. */
final class ReferrerJson {
    private ReferrerJson() {}

    static String tags(String name, List<String> tags) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("tags", tags);
        return ResultJson.write(json);
    }

    static String tree(ReferrerTree tree) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", tree.name());
        json.put("digest", tree.digest().toString());
        json.put("mediaType", tree.mediaType().value());
        json.put("size", tree.size());
        json.put("referrers", nodes(tree.referrers()));
        json.put(
                "manifests",
                tree.manifests().stream().map(ReferrerJson::manifest).toList());
        return ResultJson.write(json);
    }

    private static Object manifest(ReferrerTree.Manifest manifest) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("digest", manifest.digest().toString());
        json.put("platform", manifest.platform() == null ? null : String.valueOf(manifest.platform()));
        json.put("size", manifest.size());
        json.put("referrers", nodes(manifest.referrers()));
        return json;
    }

    private static List<Object> nodes(List<ReferrerTree.Node> nodes) {
        return nodes.stream()
                .map(node -> {
                    Map<String, Object> json = referrer(node.artifact());
                    json.put("referrers", nodes(node.referrers()));
                    return (Object) json;
                })
                .toList();
    }

    /** A referrer without what refers to it. */
    static Map<String, Object> referrer(PulledReferrer referrer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("digest", referrer.digest().toString());
        json.put("mediaType", referrer.mediaType().value());
        json.put("size", referrer.size());
        json.put("artifactType", referrer.artifactType());
        json.put("subject", referrer.subject().toString());
        json.put("tag", referrer.tag());
        json.put("annotations", referrer.annotations());
        return json;
    }
}
