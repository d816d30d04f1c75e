// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.ReferenceException;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls by a registries.conf: what a name without a registry means, and what happens where podman would give up. */
class ShortNamesTest {
    private static final TestImage IMAGE =
            new ImageFactory(61).image("linux/amd64", new Layer(5_000, Compression.GZIP));

    @TempDir
    Path temporary;

    private TestRegistry one;
    private TestRegistry two;

    @BeforeEach
    void start() {
        one = TestRegistry.start();
        two = TestRegistry.start();
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private ImagePullerBuilder builder(String... lines) {
        String insecure = "[[registry]]\nlocation = \"" + one.host()
                + "\"\ninsecure = true\n[[registry]]\nlocation = \"" + two.host() + "\"\ninsecure = true\n";
        return plain(String.join("\n", lines) + "\n" + insecure);
    }

    private ImagePullerBuilder plain(String text) {
        Path file = TestCertificates.write(temporary.resolve("registries.conf"), text);
        return ImagePuller.builder().environment(Map.of()).configuration(file).store(temporary.resolve("store"));
    }

    private String search() {
        return "unqualified-search-registries = [\"" + one.host() + "\", \"" + two.host() + "\"]";
    }

    @Test
    void anAliasIsStoredUnderItsFullName() {
        two.serve("team/app", "1", IMAGE);
        try (ImagePuller puller = plain("[aliases]\n\"app\" = \"" + two.host()
                        + "/team/app\"\n[[registry]]\nlocation = \"" + two.host() + "\"\ninsecure = true\n")
                .build()) {
            String name = two.host() + "/team/app:1";
            assertThat(puller.fullName("app:1")).isEqualTo(name);
            assertThat(puller.pull("app:1").name()).isEqualTo(name);
            assertThat(puller.pull(PullRequest.builder("app:1").offline(true).build())
                            .name())
                    .isEqualTo(name);
            assertThat(puller.tags("app")).containsExactly("1");
            assertThat(puller.explain("app:1").name()).isEqualTo(name);
        }
    }

    @Test
    void oneOfSeveralRegistriesIsNeverGuessed() {
        two.serve("app", "1", IMAGE);
        try (ImagePuller puller = builder(search()).build()) {
            assertThatThrownBy(() -> puller.pull("app:1"))
                    .isInstanceOf(ReferenceException.class)
                    .hasMessageContaining(one.host() + "/app:1, " + two.host() + "/app:1");
            assertThatThrownBy(() -> puller.pullAsync(PullRequest.of("app:1")).join())
                    .hasCauseInstanceOf(ReferenceException.class);
        }
        assertThat(one.requests()).isEmpty();
        assertThat(two.requests()).isEmpty();
    }

    @Test
    void theProgramMayChooseAndIsAskedOnce() {
        two.serve("app", "1", IMAGE);
        List<String> asked = new ArrayList<>();
        try (ImagePuller puller = builder(search())
                .shortNameChooser((name, images) -> {
                    asked.add(name + " " + images);
                    return Optional.of(images.get(1));
                })
                .build()) {
            assertThat(puller.pull("app:1").name()).isEqualTo(two.host() + "/app:1");
            assertThat(puller.resolve("app:1").name()).isEqualTo(two.host() + "/app:1");
        }
        assertThat(asked).containsExactly("app:1 [" + one.host() + "/app:1, " + two.host() + "/app:1]");
        assertThat(one.requests()).isEmpty();
    }

    @Test
    void aChoiceThatWasNotOfferedIsNoChoice() {
        try (ImagePuller puller = builder(search())
                .shortNameChooser((name, images) -> Optional.of("docker.io/library/app:1"))
                .build()) {
            assertThatThrownBy(() -> puller.pull("app:1")).isInstanceOf(ReferenceException.class);
        }
    }

    @Test
    void aBlobThatTheMirrorDoesNotHaveComesFromTheNextHost() {
        TestImage.Document root = IMAGE.document(IMAGE.rootDigest());
        one.serveManifest("app", "1", root.mediaType(), root.content())
                .serveManifest("app", IMAGE.rootDigest(), root.mediaType(), root.content());
        two.serve("app", "1", IMAGE);
        try (ImagePuller puller = plain("[[registry]]\nprefix = \"hub.test\"\nlocation = \"" + two.host()
                        + "\"\ninsecure = true\n[[registry.mirror]]\nlocation = \"" + one.host()
                        + "\"\ninsecure = true\n")
                .build()) {
            PulledImage pulled = puller.pull("hub.test/app:1");
            assertThat(pulled.name()).isEqualTo("hub.test/app:1");
            assertThat(pulled.layers().get(0).host()).contains(two.host());
        }
    }

    @Test
    void aBlockedRegistryIsNeverAsked() {
        one.serve("app", "1", IMAGE);
        try (ImagePuller puller = plain("[[registry]]\nlocation = \"" + one.host() + "\"\nblocked = true\n")
                .build()) {
            assertThatThrownBy(() -> puller.pull(one.host() + "/app:1"))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("registries.conf:3:1");
        }
        assertThat(one.requests()).isEmpty();
    }
}
