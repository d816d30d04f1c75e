// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An image of the store with its referrers: listed, inspected, repaired, removed. */
class StoreInspectTest {
    private static final TestImage IMAGE = new ImageFactory(151)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(20_000, Compression.GZIP),
                    new Layer(900, Compression.NONE));
    private static final TestImage SIGNATURE = ArtifactBuilder.of("application/vnd.example.signature")
            .subject(IMAGE)
            .layer("application/vnd.example.blob", "signed".repeat(100).getBytes(StandardCharsets.UTF_8))
            .build();

    @TempDir
    Path temporary;

    private Path store;
    private TestRegistry registry;
    private String name;

    @BeforeEach
    void pull() throws IOException {
        registry = TestRegistry.start().serve("team/app", "1", IMAGE).serveReferrer("team/app", SIGNATURE);
        name = registry.host() + "/team/app:1";
        store = temporary.resolve("store");
        Run run = InProcess.run("--store", store.toString(), "--plain-http", "-q", "--platform", "linux/amd64", name);
        assertThat(run.exitCode()).as(run.err()).isZero();
        SIGNATURE.documents().forEach((digest, document) -> put(digest, document.content()));
        SIGNATURE.blobs().forEach(this::put);
        addEntry("{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"" + SIGNATURE.rootDigest()
                + "\",\"size\":" + SIGNATURE.document(SIGNATURE.rootDigest()).content().length
                + ",\"annotations\":{\"dev.jpull.subject\":\"" + IMAGE.rootDigest() + "\"}}");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private void put(String digest, byte[] content) {
        try {
            Files.write(blob(digest), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addEntry(String entry) throws IOException {
        Path index = store.resolve("index.json");
        Files.writeString(index, Files.readString(index).replace("\"manifests\":[", "\"manifests\":[" + entry + ","));
    }

    private Path blob(String digest) {
        return store.resolve("blobs").resolve(digest.replace(':', '/'));
    }

    private Run store(String command, String... args) {
        List<String> all = new ArrayList<>(List.of("store", command, "--store", store.toString()));
        all.addAll(List.of(args));
        return InProcess.run(all.toArray(String[]::new));
    }

    @Test
    void lsShowsTheBytesOfReferrersBesideThoseOfTheImage() {
        assertThat(store("ls").out()).contains("(1 referrer)").contains(name + "@" + IMAGE.rootDigest());
        JsonNode image = store("ls", "--format", "json").json().get("images").get(0);
        assertThat(image.get("referrers").asInt()).isOne();
        assertThat(image.get("referrerBytes").asInt()).isGreaterThan(600);
    }

    @Test
    void textShowsWhatIsThere() {
        Run run = store("inspect", name);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "Name:          " + name,
                        "Digest:        " + IMAGE.rootDigest(),
                        "linux/amd64               complete",
                        "linux/arm64               incomplete",
                        "Platform:      linux/amd64",
                        "Layers:",
                        "diff ID " + IMAGE.diffIds("linux/amd64").get(0),
                        "application/vnd.example.signature",
                        "of " + IMAGE.rootDigest())
                .doesNotContain("diff ID " + IMAGE.diffIds("linux/arm64").get(0));
        assertThat(store("inspect", name, "--platform", "linux/arm64").out())
                .contains("Platform:      linux/arm64", "(not in the store)");
        assertThat(store("inspect", name, "--platform", "linux/s390x").exitCode())
                .isEqualTo(5);
    }

    @Test
    void jsonHasEverything() {
        JsonNode json = store("inspect", name, "--format", "json").json();
        assertThat(json.get("names").get(0).asString()).isEqualTo(name);
        assertThat(json.get("manifests")).hasSize(3);
        JsonNode manifest = json.get("manifests").get(1);
        assertThat(manifest.get("platform").asString()).isEqualTo("linux/amd64");
        assertThat(manifest.get("state").asString()).isEqualTo("complete");
        assertThat(manifest.get("layers")).hasSize(2);
        assertThat(manifest.get("layers").get(0).get("diffId").asString())
                .isEqualTo(IMAGE.diffIds("linux/amd64").get(0));
        assertThat(manifest.get("configuration").has("history")).isTrue();
        assertThat(json.get("referrers").get(0).get("digest").asString()).isEqualTo(SIGNATURE.rootDigest());
    }

    @Test
    void rawPrintsTheBytesOfADocument() {
        String index = store("inspect", name, "--raw", "index").out();
        assertThat(TestImage.digest(index.getBytes(StandardCharsets.UTF_8))).isEqualTo(IMAGE.rootDigest());
        JsonNode manifest = store("inspect", name, "--format", "json")
                .json()
                .get("manifests")
                .get(1);
        for (String[] document : new String[][] {
            {"manifest", manifest.get("digest").asString()},
            {"config", manifest.get("config").get("digest").asString()}
        }) {
            String out = store("inspect", name, "--platform", "linux/amd64", "--raw", document[0])
                    .out();
            assertThat(TestImage.digest(out.getBytes(StandardCharsets.UTF_8))).isEqualTo(document[1]);
        }
        assertThat(store("inspect", SIGNATURE.rootDigest(), "--raw", "index").exitCode())
                .isEqualTo(2);
        assertThat(store("inspect", name, "--raw", "index", "--format", "json").exitCode())
                .isEqualTo(2);
        assertThat(store("inspect", "nothing").exitCode()).isEqualTo(5);
    }

    /** An image may say anything, in any number. */
    @Test
    void textOfAnImageIsHarmlessAndHasAnEnd() throws IOException {
        StringBuilder labels = new StringBuilder();
        StringBuilder history = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            labels.append(i == 0 ? "" : ",").append("\"l").append(i).append("\":\"\\u001b[31m\u202e\u009b\"");
            history.append(i == 0 ? "" : ",")
                    .append("{\"created_by\":\"RUN \\u0007" + "x".repeat(500) + "\",\"empty_layer\":true}");
        }
        byte[] config = ("{\"os\":\"linux\\u001b\",\"architecture\":\"amd64\",\"config\":{\"Healthcheck\":"
                        + "{\"Test\":[\"CMD\",\"\\u001b\"],\"Interval\":30000000000},\"Labels\":{" + labels
                        + "}},\"history\":[" + history + "]}")
                .getBytes(StandardCharsets.UTF_8);
        String configDigest = TestImage.digest(config);
        byte[] manifest =
                ("{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\""
                                + configDigest + "\",\"size\":" + config.length + "},\"layers\":[]}")
                        .getBytes(StandardCharsets.UTF_8);
        put(configDigest, config);
        put(TestImage.digest(manifest), manifest);
        addEntry("{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
                + TestImage.digest(manifest)
                + "\",\"size\":" + manifest.length
                + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"evil\\u001b[2J\"}}");
        Run run = store("inspect", TestImage.digest(manifest));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .doesNotContain("\u001b", "\u202e", "\u009b", "\u0007")
                .contains("2800 more");
        assertThat(run.out().lines().toList()).hasSizeLessThan(450).allMatch(line -> line.length() < 300);
        JsonNode configuration = store("inspect", TestImage.digest(manifest), "--format", "json")
                .json()
                .get("manifests")
                .get(0)
                .get("configuration");
        assertThat(configuration.get("labels")).hasSize(3_000);
        assertThat(configuration.get("healthcheck").get("intervalMs").asLong()).isEqualTo(30_000);
    }

    @Test
    void whatAReferrerLacksIsFetchedAgainWithItsImage() throws IOException {
        String lost = SIGNATURE.largestBlob();
        Files.delete(blob(lost));
        Files.write(blob(SIGNATURE.rootDigest()), new byte[3]);
        Run found = store("verify");
        assertThat(found.exitCode()).isEqualTo(7);
        assertThat(found.out()).contains("damaged: ", "referenced by " + name);
        Run repaired = store("verify", "--repair", "--plain-http");
        assertThat(repaired.exitCode()).as(repaired.out() + repaired.err()).isZero();
        assertThat(blob(lost)).exists();
        assertThat(store("verify").exitCode()).isZero();
    }

    @Test
    void referrersGoWithTheirImage() throws IOException {
        assertThat(store("prune", "--unused", "0s").exitCode()).isZero();
        assertThat(blob(SIGNATURE.rootDigest())).exists();
        assertThat(store("rm", name).exitCode()).isZero();
        assertThat(blob(SIGNATURE.rootDigest())).doesNotExist();
        assertThat(Files.readString(store.resolve("index.json"))).doesNotContain(SIGNATURE.rootDigest());
    }
}
