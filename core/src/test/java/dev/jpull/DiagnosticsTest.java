// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What registries say beside the content, and how it reaches the user. */
class DiagnosticsTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT =
            new ImageFactory(44).image("linux/amd64", new Layer(300_000, Compression.NONE));

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry registry;

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary);
        registry = TestRegistry.start().serve("team/app", "1", CONTENT);
        fixture.hosts("server = \"" + registry.origin() + "\"");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private List<String> warnings() {
        List<String> warnings = new CopyOnWriteArrayList<>();
        try (ImagePuller puller = fixture.builder()
                .listener(event -> {
                    if (event instanceof PullEvent.Warning warning) {
                        warnings.add(warning.text());
                    }
                })
                .build()) {
            puller.pull(IMAGE);
        }
        return warnings;
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theDumpHasHeadersAndJsonButNoBlobs() {
        List<String> dump = new CopyOnWriteArrayList<>();
        try (ImagePuller puller = fixture.builder().httpDump(dump::add).build()) {
            puller.pull(IMAGE);
        }
        assertThat(dump)
                .anyMatch(text -> text.startsWith("> GET " + registry.origin()) && text.contains("Accept: "))
                .anyMatch(text -> text.startsWith("< 200 ") && text.contains("schemaVersion"))
                .anyMatch(text -> text.contains("/blobs/") && text.contains("Content-Length: "));
        assertThat(dump).allSatisfy(text -> assertThat(text).hasSizeLessThan(20_000));
        assertThat(String.join("", dump)).doesNotContain("ustar");
    }

    @Test
    void whatTheRegistryWarnsOfIsSaid() {
        registry.when(
                LoggedRequest::isForTag,
                Behaviour.ORDINARY.header("Warning", "299 - \"this tag goes away\u0007 in May\""));
        assertThat(warnings()).containsExactly("the registry says: this tag goes away  in May");
    }

    @Test
    void theEndOfAQuotaIsSaidBeforeItIsReached() {
        registry.when(LoggedRequest::isForTag, Behaviour.ORDINARY.header("RateLimit-Remaining", "3;w=21600"));
        assertThat(warnings())
                .containsExactly("the registry allows only 3 more pulls for now: log in to be allowed more");
    }

    @Test
    void aLargeQuotaIsNoNews() {
        registry.when(LoggedRequest::isForTag, Behaviour.ORDINARY.header("RateLimit-Remaining", "76;w=21600"));
        assertThat(warnings()).isEmpty();
    }

    @Test
    void codeMessageAndDetailOfAnErrorAreSaid() {
        registry.when(
                LoggedRequest::isForTag,
                Behaviour.status(403)
                        .header("Content-Type", "application/json")
                        .withBody(
                                json(
                                        "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no \\u001b[31mentry\",\"detail\":{\"reason\":\"unpaid bill\"}}]}")));
        assertThatThrownBy(() -> fixture.pull(IMAGE))
                .isInstanceOfSatisfying(
                        PullException.class,
                        e -> assertThat(e.attempts().get(0).reason())
                                .contains("403", "DENIED", "entry", "unpaid bill")
                                .doesNotContain("\u001b"));
    }
}
