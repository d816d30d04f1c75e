// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageConfig;
import dev.jpull.image.ImageDetails;
import dev.jpull.image.ImageDetails.Manifest;
import dev.jpull.image.ImageDetails.State;
import dev.jpull.image.MediaType;
import dev.jpull.image.Platform;
import dev.jpull.manifest.Referrer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told about an image, by any of its names, and whatever other programs have put into the store. */
class ImageInspectorTest {
    private static final String NAME = "docker.io/library/app:1";

    @TempDir
    Path temporary;

    private ImageStore store;
    private StoreContent content;

    @BeforeEach
    void store() {
        store = ImageStore.open(temporary);
        content = new StoreContent(store);
    }

    private ImageDetails inspect(String image, String... platforms) {
        return new ImageInspector(store)
                .inspect(image, List.of(platforms).stream().map(Platform::parse).toList());
    }

    private Descriptor platform(String platform, String config, Descriptor... layers) {
        Descriptor manifest = content.imageOf(content.put(MediaType.OCI_CONFIG, config), layers);
        return new Descriptor(
                manifest.mediaType(),
                manifest.digest(),
                manifest.size(),
                Platform.parse(platform),
                List.of(),
                Map.of(),
                null);
    }

    @Test
    void itIsFoundByItsNameAReferenceItsDigestAndTheFirstDigits() {
        Descriptor image = content.image("one", content.layer("a"));
        Referrer signature = content.referrer(image.digest(), "signature");
        Descriptor child = content.image("child");
        content.name(NAME, image, signature);
        content.name("registry.example/other:2", content.index(child));
        content.name("a name of another program", image);
        String hex = image.digest().hex();
        for (String text : List.of(
                NAME,
                "app:1",
                "a name of another program",
                "app@" + image.digest(),
                image.digest().toString(),
                hex,
                hex.substring(0, 12),
                "sha256:" + hex.substring(0, 5))) {
            assertThat(inspect(text).root().digest()).as(text).isEqualTo(image.digest());
        }
        assertThat(inspect("app:1").names()).containsExactly(NAME, "a name of another program");
        assertThat(inspect(signature.descriptor().digest().toString()).manifests())
                .singleElement()
                .satisfies(manifest -> assertThat(manifest.subject()).isEqualTo(image.digest()));
        assertThat(inspect(child.digest().hex()).root().digest()).isEqualTo(child.digest());
    }

    @Test
    void whatIsNotThereOrNotUniqueIsRefused() {
        content.name(NAME, content.image("one"));
        assertThatThrownBy(() -> inspect("other"))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("there is no image other in " + temporary);
        assertThatThrownBy(() -> inspect("\u001b[31m")).isInstanceOf(ReferenceException.class);
        assertThatThrownBy(() -> inspect("ffff")).isInstanceOf(ImageNotFoundException.class);
        Set<String> beginnings = new HashSet<>();
        for (int i = 0; ; i++) {
            Descriptor next = content.image("image " + i);
            content.name("other:" + i, next);
            String beginning = next.digest().hex().substring(0, 4);
            if (!beginnings.add(beginning)) {
                assertThatThrownBy(() -> inspect(beginning))
                        .isInstanceOf(ReferenceException.class)
                        .hasMessageContaining("the beginning of 2 digests");
                break;
            }
        }
    }

    @Test
    void everyPlatformIsToldWithWhatIsThereOfIt() throws IOException {
        Descriptor layer = content.layer("gone");
        Descriptor there = platform("linux/amd64", "{\"os\":\"linux\",\"architecture\":\"amd64\"}", content.layer("a"));
        Descriptor broken = platform("linux/arm64", "{\"os\":\"linux\",\"architecture\":\"arm64\"}", layer);
        Descriptor absent = new Descriptor(
                MediaType.OCI_MANIFEST,
                Digest.sha256(new byte[9]),
                9,
                Platform.parse("linux/s390x"),
                List.of(),
                Map.of(),
                null);
        content.name(NAME, content.index(there, broken, absent, content.index(content.image("nested"))));
        Files.delete(store.pathOf(layer.digest()));
        ImageDetails all = inspect("app:1");
        assertThat(all.manifests())
                .extracting(Manifest::state)
                .containsExactly(
                        State.INCOMPLETE,
                        State.COMPLETE,
                        State.INCOMPLETE,
                        State.ABSENT,
                        State.COMPLETE,
                        State.COMPLETE);
        assertThat(all.manifests().get(2).layers().get(0).present()).isFalse();
        assertThat(all.manifests().get(5).platform()).isEqualTo(Platform.parse("linux/amd64"));
        assertThat(inspect("app:1", "linux/arm64").manifests())
                .extracting(manifest -> manifest.descriptor().digest())
                .contains(broken.digest())
                .doesNotContain(there.digest(), absent.digest());
        content.name(NAME, content.index(there));
        assertThatThrownBy(() -> inspect("app:1", "linux/riscv64"))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("no manifest for linux/riscv64, only for linux/amd64");
    }

    @Test
    void theConfigurationAndTheStepsOfEachLayerAreTold() {
        String config =
                "{\"os\":\"linux\",\"architecture\":\"amd64\",\"created\":\"2026-01-02T03:04:05Z\",\"config\":{\"Env\":[\"A=b\"],"
                        + "\"Entrypoint\":[\"/bin/app\"],\"Cmd\":null,\"Labels\":{\"k\":\"v\"},\"ExposedPorts\":{\"80/tcp\":{}},"
                        + "\"User\":\"1\",\"WorkingDir\":\"/w\"},\"rootfs\":{\"diff_ids\":[\""
                        + Digest.sha256(new byte[1]) + "\",\""
                        + Digest.sha256(new byte[2])
                        + "\"]},\"history\":[{\"created_by\":\"ADD\"},{\"created_by\":\"ENV\",\"empty_layer\":true},"
                        + "{\"created_by\":\"RUN\"}]}";
        content.name(
                NAME,
                content.imageOf(content.put(MediaType.OCI_CONFIG, config), content.layer("1"), content.layer("2")));
        Manifest manifest = inspect("app:1").manifests().get(0);
        ImageConfig told = Objects.requireNonNull(manifest.configuration());
        assertThat(told.execution().environment()).containsExactly("A=b");
        assertThat(told.execution().entrypoint()).containsExactly("/bin/app");
        assertThat(told.execution().command()).isEmpty();
        assertThat(told.execution().labels()).containsEntry("k", "v");
        assertThat(told.execution().exposedPorts()).containsExactly("80/tcp");
        assertThat(told.history()).extracting(ImageConfig.Step::layer).containsExactly(0, null, 1);
        assertThat(manifest.layers())
                .extracting(ImageDetails.Layer::diffId)
                .containsExactly(Digest.sha256(new byte[1]), Digest.sha256(new byte[2]));
        content.name(NAME, content.imageOf(content.put(MediaType.OCI_CONFIG, config), content.layer("1")));
        manifest = inspect("app:1").manifests().get(0);
        assertThat(Objects.requireNonNull(manifest.configuration()).history())
                .as("the history of two layers, for one layer")
                .extracting(ImageConfig.Step::layer)
                .containsOnlyNulls();
        assertThat(manifest.layers()).extracting(ImageDetails.Layer::diffId).containsOnlyNulls();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "{\"config\":7}",
                "{\"config\":{\"Env\":{}}}",
                "{\"config\":{\"Labels\":{\"a\":1}}}",
                "{\"history\":{}}",
                "{\"rootfs\":{\"diff_ids\":[\"x\"]}}"
            })
    void aConfigurationThatCannotBeUsedIsSaidAndTheRestIsTold(String config) {
        content.name(NAME, content.imageOf(content.put(MediaType.OCI_CONFIG, config), content.layer("1")));
        assertThat(inspect("app:1").manifests()).singleElement().satisfies(manifest -> {
            assertThat(manifest.configuration()).isNull();
            assertThat(manifest.problem()).contains("the image configuration is not usable");
            assertThat(manifest.layers()).hasSize(1);
            assertThat(manifest.state()).isEqualTo(State.COMPLETE);
        });
    }

    @Test
    void aDamagedRootIsTold() throws IOException {
        Descriptor image = content.image("one");
        content.name(NAME, image);
        Files.writeString(store.pathOf(image.digest()), "x".repeat((int) image.size()));
        assertThat(inspect("app:1").manifests())
                .singleElement()
                .extracting(Manifest::problem)
                .isEqualTo("it is damaged");
        assertThatThrownBy(() -> new ImageInspector(store).document(image.digest(), 1 << 20))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void referrersAreATreeThatEndsWhateverTheIndexSays() throws IOException {
        Descriptor image = content.image("one");
        Descriptor root = content.index(image);
        List<Referrer> chain = new ArrayList<>();
        Digest subject = image.digest();
        for (int i = 0; i < 40; i++) {
            Referrer next = content.referrer(subject, "number " + i);
            chain.add(next);
            subject = next.descriptor().digest();
        }
        content.name(NAME, root, chain.toArray(Referrer[]::new));
        Path index = temporary.resolve("index.json");
        String ring = StoreContent.json(chain.get(0).descriptor());
        ring = ring.substring(0, ring.length() - 1) + ",\"annotations\":{\"" + LayoutIndex.SUBJECT + "\":\""
                + chain.get(1).descriptor().digest() + "\"}}";
        Files.writeString(index, Files.readString(index).replace("\"manifests\":[", "\"manifests\":[" + ring + ","));
        ImageDetails details = inspect("app:1");
        int depth = 0;
        List<ImageDetails.Referrer> level = details.referrers();
        while (!level.isEmpty()) {
            depth++;
            level = level.get(level.size() - 1).referrers();
        }
        assertThat(depth).isEqualTo(16);
        assertThat(details.referrers().get(0).artifactType()).isEqualTo("application/vnd.example.signature");
        assertThat(details.referrers().get(0).state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void indexesThatAreNestedTooDeeplyAreRefused() {
        Descriptor nested = content.image("deep");
        for (int i = 0; i < 20; i++) {
            nested = content.index(nested);
        }
        content.name(NAME, nested);
        assertThatThrownBy(() -> inspect("app:1")).isInstanceOf(IntegrityException.class);
        assertThat(new StoreListing(store).images()).hasSize(1);
        assertThat(new StoreVerifier(store, WaitControl.UNLIMITED).verify(false))
                .isEmpty();
    }

    /** Twelve configurations of 4 MB each: the memory that is needed has a bound. */
    @Test
    void manyLargeConfigurationsAreNotAllRead() {
        List<Descriptor> manifests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            manifests.add(content.imageOf(
                    content.put(MediaType.OCI_CONFIG, "{\"author\":\"" + i + "x".repeat(4 << 20) + "\"}")));
        }
        content.name(NAME, content.index(manifests.toArray(Descriptor[]::new)));
        List<Manifest> told = inspect("app:1").manifests();
        assertThat(told).hasSize(13);
        assertThat(told.get(1).configuration()).isNotNull();
        assertThat(told.get(12).problem()).contains("choose a platform");
    }
}
