// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads vectors: one JSON file for each area, an array of cases in it. */
public final class Vectors {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final List<String> AREAS = List.of(
            "auth_flow",
            "candidate_urls",
            "chain_id",
            "cri_auth",
            "cri_config",
            "ctr_credentials",
            "ctr_label",
            "digest",
            "docker_config",
            "endpoints",
            "fetch_flow",
            "host_dir_load",
            "hosts_dir_lookup",
            "hosts_toml",
            "ingest_ref",
            "ingest_resume",
            "is_localhost",
            "media_type",
            "platform_match",
            "platform_normalize",
            "platform_parse",
            "platform_select",
            "pull_plan",
            "ref_ctr",
            "ref_docker",
            "resolve_flow",
            "token_request",
            "token_scope",
            "warning_header",
            "www_authenticate");

    private Vectors() {}

    /** The vectors that come with the project, by area. */
    public static Map<String, List<Vector>> bundled() {
        Map<String, List<Vector>> vectors = new TreeMap<>();
        for (String area : AREAS) {
            try (InputStream in = Vectors.class.getResourceAsStream("vectors/" + area + ".json")) {
                if (in == null) {
                    throw new IllegalStateException("no vectors for " + area);
                }
                add(vectors, MAPPER.readTree(in));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return vectors;
    }

    /** The vectors in the files {@code *.json} of a directory, by area. */
    public static Map<String, List<Vector>> in(Path directory) throws IOException {
        Map<String, List<Vector>> vectors = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                add(vectors, MAPPER.readTree(Files.readAllBytes(file)));
            }
        }
        if (vectors.isEmpty()) {
            throw new IOException("no vectors in " + directory);
        }
        return vectors;
    }

    private static void add(Map<String, List<Vector>> vectors, JsonNode cases) {
        for (JsonNode one : cases) {
            String area = one.get("area").stringValue();
            JsonNode quirk = one.get("quirk");
            Vector vector = new Vector(
                    one.get("id").stringValue(),
                    area,
                    one.get("input"),
                    one.get("expect"),
                    quirk == null ? null : quirk.stringValue());
            vectors.computeIfAbsent(area, unseen -> new ArrayList<>()).add(vector);
        }
    }
}
