// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.ReferenceException;
import dev.jpull.event.PullEvent;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tags are listed page by page, from the hosts that may resolve tags, and from no other place. */
class TagsTest {
    private static final String REPOSITORY = "team/app";
    private static final String NAME = Fixture.NAMESPACE + "/" + REPOSITORY;

    @TempDir
    Path temporary;

    private TestRegistry registry;
    private Fixture fixture;

    @BeforeEach
    void start() {
        registry = TestRegistry.start();
        fixture = new Fixture(temporary).hosts(Fixture.host(registry, "pull", "resolve"));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static boolean isList(LoggedRequest request) {
        return request.path().endsWith("/tags/list");
    }

    private void serve(String... tags) {
        TestImage image =
                new ImageFactory(1).image("linux/amd64", new ImageFactory.Layer(10, ImageFactory.Compression.NONE));
        for (String tag : tags) {
            registry.serve(REPOSITORY, tag, image);
        }
    }

    private List<String> tags(int limit) {
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            return puller.tags(NAME, limit);
        }
    }

    private List<String> tags() {
        return tags(Integer.MAX_VALUE);
    }

    @Test
    void pagesAreFollowedUpToTheLimit() {
        serve("1", "2", "3", "4", "5");
        registry.withPagesOf(2);
        assertThat(tags()).containsExactly("1", "2", "3", "4", "5");
        assertThat(registry.requests().stream().filter(TagsTest::isList)).hasSize(3);
        registry.clearLog();
        assertThat(tags(2)).containsExactly("1", "2");
        assertThat(tags(1)).containsExactly("1");
        assertThat(registry.requests().stream().filter(TagsTest::isList)).hasSize(2);
    }

    @Test
    void aRepositoryWithATagIsRefusedAndOneThatIsNotThereIsNotFound() {
        assertThatThrownBy(() -> fixturePuller(NAME + ":1"))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("write the repository alone, " + NAME);
        assertThatThrownBy(this::tags)
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("the list of the tags of " + NAME);
    }

    private List<String> fixturePuller(String name) {
        try (ImagePuller puller = fixture.builder().build()) {
            return puller.tags(name);
        }
    }

    @Test
    void aLinkKeepsThePathPrefixAndTheNamespaceOfAProxy() {
        serve("1", "2", "3");
        registry.withPagesOf(1);
        fixture.hosts("[host.\"" + registry.origin() + "/proxy/v2\"]\n  capabilities = [\"pull\", \"resolve\"]\n"
                + "  override_path = true\n");
        // The registry behind the proxy does not know of the prefix: its links are those of the registry.
        registry.when(
                request -> isList(request) && request.parameter("last") == null,
                Behaviour.ORDINARY.header("Link", "</v2/team/app/tags/list?last=1&n=1>; rel=next"));
        assertThat(tags()).containsExactly("1", "2", "3");
        assertThat(registry.requests().stream().filter(TagsTest::isList))
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.target())
                        .startsWith("/proxy/v2/team/app/tags/list?")
                        .contains("ns=" + Fixture.NAMESPACE));
    }

    @Test
    void aLinkThatLeadsElsewhereIsNotFollowed() {
        serve("1", "2");
        try (TestRegistry other = TestRegistry.start()) {
            for (String link : List.of(
                    other.origin() + "/v2/team/app/tags/list?n=1",
                    "//" + other.host() + "/v2/team/app/tags/list",
                    "https://" + registry.host() + "/v2/team/app/tags/list",
                    "/v2/_catalog?last=1",
                    "/v2/team/app/manifests/1")) {
                registry.behave();
                registry.when(TagsTest::isList, Behaviour.ORDINARY.header("Link", "<" + link + ">; rel=\"next\""));
                assertThatThrownBy(this::tags)
                        .as(link)
                        .isInstanceOf(IntegrityException.class)
                        .hasMessageContaining("leads elsewhere");
            }
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void aListWithoutEndEnds() {
        serve("1", "2");
        registry.when(TagsTest::isList, Behaviour.ORDINARY.header("Link", "<?n=1000&last=1>; rel=\"next\""));
        assertThatThrownBy(this::tags).isInstanceOf(IntegrityException.class).hasMessageContaining("leads back");
        registry.behave();
        // Every page is another one, and has what the others have.
        AtomicInteger page = countPages();
        IntStream.range(0, 50)
                .forEach(i -> registry.when(
                        request -> isList(request) && page.get() == i + 1,
                        Behaviour.ORDINARY.header("Link", "<?page=" + i + ">; rel=\"next\"")));
        assertThatThrownBy(this::tags)
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("nothing that earlier ones do not have");
        assertThat(page.get()).isLessThan(50);
    }

    @Test
    void theUserAndPasswordInALinkAreNotShown() {
        serve("1");
        registry.when(
                TagsTest::isList,
                Behaviour.ORDINARY.header(
                        "Link", "<http://alice:s3cretpw@registry.example/v2/team/app/tags/list>; rel=\"next\""));
        assertThatThrownBy(this::tags)
                .hasMessageContaining("registry.example/v2/team/app/tags/list")
                .hasMessageNotContaining("alice")
                .hasMessageNotContaining("s3cretpw");
    }

    @Test
    void anHtmlPageIsCalledThat() {
        registry.when(
                TagsTest::isList,
                Behaviour.ORDINARY
                        .withStatus(200)
                        .header("Content-Type", "text/html; charset=utf-8")
                        .withBody(bytes("<html>login</html>")));
        assertThatThrownBy(this::tags)
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("an HTML page instead of a list of tags: check the address");
    }

    @Test
    void tenMillionTagsAreNotTaken() {
        AtomicInteger page = countPages();
        for (int i = 0; i < 8; i++) {
            int number = i;
            String tags = IntStream.range(0, 199_000)
                    .mapToObj(tag -> "\"v" + number + "." + tag + "\"")
                    .collect(Collectors.joining(","));
            registry.when(
                    request -> isList(request) && page.get() == number + 1,
                    Behaviour.ORDINARY
                            .withStatus(200)
                            .header("Link", "<?page=" + i + ">; rel=\"next\"")
                            .withBody(bytes("{\"name\":\"x\",\"tags\":[" + tags + "]}")));
        }
        assertThatThrownBy(this::tags).isInstanceOf(IntegrityException.class).hasMessageContaining("500000 tags");
        assertThat(page.get()).isLessThan(8);
    }

    @Test
    void whatIsNoTagIsLeftOutAndSaid() {
        registry.when(
                TagsTest::isList,
                Behaviour.ORDINARY
                        .withStatus(200)
                        .withBody(bytes(
                                "{\"tags\":[\"good\",\"../../etc\",\"\\u001b[31m\",\"\",\"good\",\"also.good\"]}")));
        List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        try (ImagePuller puller = fixture.builder()
                .listener(event -> {
                    if (event instanceof PullEvent.Warning warning) {
                        warnings.add(warning.text());
                    }
                })
                .build()) {
            assertThat(puller.tags(NAME)).containsExactly("good", "also.good");
        }
        assertThat(warnings)
                .containsExactly("3 entries in the list of the tags of " + NAME + " are no tags, and are left out");
    }

    @Test
    void theNextHostIsAskedAfterAFailureAndOneWithoutTheCapabilityNever() {
        serve("1");
        try (TestRegistry broken = TestRegistry.start();
                TestRegistry mirror = TestRegistry.start()) {
            broken.when(TagsTest::isList, Behaviour.status(500));
            fixture.hosts(
                    Fixture.host(mirror, "pull", "referrers"),
                    Fixture.host(broken, "pull", "resolve"),
                    Fixture.host(registry, "pull", "resolve"));
            assertThat(tags()).containsExactly("1");
            assertThat(mirror.requests()).isEmpty();
            assertThat(broken.requests()).hasSize(1);
        }
    }

    @Test
    void aRepositoryWithoutTagsHasNone() {
        registry.when(
                TagsTest::isList, Behaviour.ORDINARY.withStatus(200).withBody(bytes("{\"name\":\"x\",\"tags\":null}")));
        assertThat(tags()).isEmpty();
    }

    /** Counts the requests from now on, before they are answered. */
    private AtomicInteger countPages() {
        AtomicInteger pages = new AtomicInteger();
        registry.when(
                request -> {
                    pages.incrementAndGet();
                    return false;
                },
                Behaviour.ORDINARY);
        return pages;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
