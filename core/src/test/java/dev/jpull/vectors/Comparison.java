// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import dev.jpull.testdata.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whether an outcome is what the case expects, field by field of the expectation that jpull has. */
final class Comparison {
    /** In flows the outcome counts, and the order of hosts: jpull may need fewer requests. */
    private static final Set<String> FLOWS = Set.of("resolve_flow", "fetch_flow", "auth_flow", "candidate_urls");

    private static final Pattern URL_HOST = Pattern.compile("https?://[^/\"]+/");
    private static final JsonMapper MAPPER = new JsonMapper();

    private Comparison() {}

    static boolean holds(Vector vector, Outcome outcome) {
        JsonNode expect = comparable(vector.expect());
        JsonNode actual = comparable(outcome.actual());
        if (expect.has("error") || actual.has("error")) {
            if (!expect.has("error") || !actual.has("error") || !hostsAgree(expect, actual)) {
                return false;
            }
            boolean exact = vector.area().endsWith("_flow") || vector.area().equals("digest");
            return !exact || expect.get("error").equals(actual.get("error"));
        }
        if (FLOWS.contains(vector.area()) && !hostsAgree(expect, actual)) {
            return false;
        }
        for (String field : actual.propertyNames()) {
            if (!field.equals("requests") && !isLeftOut(vector, field) && !same(actual.get(field), expect.get(field))) {
                return false;
            }
        }
        // Every field of the expectation is either compared above or has no counterpart in jpull.
        for (String field : expect.propertyNames()) {
            if (!actual.has(field) && !field.equals("requests") && !isLeftOut(vector, field)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Both sides in one spelling: OkHttp writes the host of a URL in lower case and leaves a default port out, and the double slash that containerd makes of
     * "https://host/" is cleaned when a request is made.
     */
    private static JsonNode comparable(JsonNode json) {
        String text = URL_HOST.matcher(json.toString())
                .replaceAll(url -> url.group().toLowerCase(Locale.ROOT))
                .replaceAll("(https://[^/\"]+):443/", "$1/")
                .replaceAll("(http://[^/\"]+):80/", "$1/")
                .replace("\"path\":\"//", "\"path\":\"/")
                // Set but empty is the same as not set, but for a finding.
                .replaceAll("\"(ca|client)\":\\[\\],|,\"(ca|client)\":\\[\\]", "")
                // A blob that is too short is one of the wrong size.
                .replaceAll("\"result\":\"(short_read|unexpected_eof)\"", "\"result\":\"size_mismatch\"");
        return MAPPER.readTree(text);
    }

    /** Concepts that jpull does not have: containerd's labels and the names of its ingests. */
    private static boolean isLeftOut(Vector vector, String field) {
        return switch (vector.area()) {
            case "media_type" -> field.equals("gc_label") || field.equals("ref_key_prefix");
            case "ingest_ref" -> field.equals("ingest_dir") || field.equals("ref");
            case "resolve_flow", "auth_flow" -> field.equals("name");
            case "fetch_flow" -> field.equals("hosts");
            case "candidate_urls" -> field.equals("hosts");
            // jpull has one engine, and no buffers for chunks.
            case "cri_config" -> field.equals("local_pull") || field.equals("concurrent_layer_fetch_buffer");
            default -> false;
        };
    }

    private static boolean same(JsonNode actual, JsonNode expected) {
        return expected != null && actual.equals(expected);
    }

    private static boolean hostsAgree(JsonNode expect, JsonNode actual) {
        JsonNode expected = expect.get("requests");
        JsonNode requests = actual.get("requests");
        if (expected == null || requests == null) {
            return true;
        }
        // How many rounds are made before giving up is a matter of patience, not of order.
        boolean gaveUp = expect.has("error") && actual.has("error");
        return gaveUp
                ? hosts(expected).stream()
                        .distinct()
                        .toList()
                        .equals(hosts(requests).stream().distinct().toList())
                : hosts(expected).equals(hosts(requests));
    }

    /** The hosts in the order in which they were contacted, each run of requests to one of them once. */
    static List<String> hosts(JsonNode requests) {
        List<String> hosts = new ArrayList<>();
        for (JsonNode request : requests) {
            String url = request.get("url").stringValue();
            String host = url.substring(0, url.indexOf('/', url.indexOf("://") + 3));
            if (hosts.isEmpty() || !hosts.get(hosts.size() - 1).equals(host)) {
                hosts.add(host);
            }
        }
        return hosts;
    }
}
