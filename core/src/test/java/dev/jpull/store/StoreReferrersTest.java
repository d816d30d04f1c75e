// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.Referrer;
import dev.jpull.store.StoreVerifier.Bad;
import dev.jpull.store.StoreVerifier.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Referrers stay with their subject, are verified with it, and go with it. */
class StoreReferrersTest {
    private static final Duration ANY_AGE = Duration.ofSeconds(-10);

    @TempDir
    Path temporary;

    private ImageStore store;
    private StoreContent content;
    private Descriptor image;
    private Referrer signature;
    private Referrer ofSignature;

    @BeforeEach
    void store() {
        store = ImageStore.open(temporary);
        content = new StoreContent(store);
        image = content.image("one", content.layer("shared"), content.layer("one"));
        signature = content.referrer(image.digest(), "signature");
        ofSignature = content.referrer(signature.descriptor().digest(), "signature of the signature");
    }

    private List<Bad> verify() {
        return new StoreVerifier(store, WaitControl.UNLIMITED).verify(false);
    }

    private StoreCleaner cleaner() {
        return new StoreCleaner(store);
    }

    private StoreListing.Listed listed(String name) {
        return new StoreListing(store)
                .images().stream()
                        .filter(listed -> listed.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void theyAreCountedBesideTheImage() {
        content.name("alone", image);
        long alone = listed("alone").bytes();
        content.name("one", image, signature, ofSignature);
        for (String name : List.of("alone", "one")) {
            assertThat(listed(name).bytes()).isEqualTo(alone);
            assertThat(listed(name).referrers()).isEqualTo(2);
            assertThat(listed(name).referrerBytes())
                    .isEqualTo(cleaner().blobs().values().stream()
                                    .mapToLong(StoreCleaner.Blob::size)
                                    .sum()
                            - alone);
        }
        assertThat(new StoreListing(store).images()).hasSize(2);
    }

    @Test
    void pruneKeepsThemAndRmTakesThemAway() {
        content.name("one", content.index(image), signature, ofSignature);
        content.name("two", content.image("two", content.layer("shared")));
        assertThat(cleaner().prune(ANY_AGE, Long.MAX_VALUE, false).blobs()).isEmpty();
        assertThat(store.index().referrers()).hasSize(2);
        cleaner().remove(List.of("one"));
        assertThat(store.index().referrers()).isEmpty();
        assertThat(cleaner().blobs())
                .as("manifest, configuration and layer of the other image")
                .hasSize(3);
        assertThat(verify()).isEmpty();
    }

    @Test
    void theyStayWhileAnotherNameHasTheSubject() {
        content.name("one", image, signature);
        content.name("other name", content.index(image));
        cleaner().remove(List.of("one"));
        assertThat(store.index().referrers()).containsExactly(signature);
        assertThat(verify()).isEmpty();
        assertThat(store.has(signature.descriptor())).isTrue();
    }

    @Test
    void pruneDropsTheOldestImageWithItsReferrers() throws IOException {
        content.name("one", image, signature, ofSignature);
        Descriptor two = content.image("two", content.layer("shared"));
        content.name("two", two);
        Files.setLastModifiedTime(store.pathOf(image.digest()), java.nio.file.attribute.FileTime.fromMillis(1_000));
        long keep = listed("two").bytes();
        StoreCleaner.Removed announced = cleaner().prune(Duration.ofDays(1), keep, true);
        assertThat(store.has(ofSignature.descriptor())).isTrue();
        StoreCleaner.Removed removed = cleaner().prune(Duration.ofDays(1), keep, false);
        assertThat(removed.names()).containsExactly("one").isEqualTo(announced.names());
        assertThat(removed.blobs()).containsExactlyElementsOf(announced.blobs());
        assertThat(store.index().referrers()).isEmpty();
        assertThat(store.has(ofSignature.descriptor())).isFalse();
        assertThat(listed("two").bytes()).isEqualTo(keep);
        assertThat(verify()).isEmpty();
    }

    /** Another program has made a ring, which no image needs. */
    @Test
    void aRingOfReferrersGoes() throws IOException {
        Descriptor a = content.artifact(image.digest(), "a");
        Descriptor b = content.artifact(a.digest(), "b");
        content.name("one", image);
        addEntries(entry(a, b.digest()), entry(b, a.digest()), entry(a, a.digest()));
        assertThat(store.index().referrers()).hasSize(3);
        assertThat(listed("one").referrers()).isZero();
        cleaner().prune(ANY_AGE, Long.MAX_VALUE, false);
        assertThat(store.index().referrers()).isEmpty();
        assertThat(store.has(a)).isFalse();
        assertThat(store.has(b)).isFalse();
        assertThat(verify()).isEmpty();
    }

    @Test
    void aRingThatAnImageNeedsStays() throws IOException {
        Descriptor a = content.artifact(image.digest(), "a");
        Descriptor b = content.artifact(a.digest(), "b");
        content.name("one", image);
        addEntries(entry(a, image.digest()), entry(b, a.digest()), entry(a, b.digest()));
        assertThat(listed("one").referrers()).isEqualTo(2);
        cleaner().prune(ANY_AGE, Long.MAX_VALUE, false);
        assertThat(store.has(a)).isTrue();
        assertThat(store.has(b)).isTrue();
        cleaner().remove(List.of("one"));
        assertThat(cleaner().blobs()).isEmpty();
    }

    @Test
    void anEntryOfAnotherProgramThatRefersToAnImageIsShownWithItAndKept() throws IOException {
        Descriptor foreign = content.artifact(image.digest(), "by oras");
        Descriptor other = content.artifact(Digest.sha256(new byte[1]), "for an image that is elsewhere");
        content.name("one", image);
        addEntries(StoreContent.json(foreign), StoreContent.json(other));
        assertThat(new StoreListing(store).images())
                .extracting(listed -> listed.root().digest())
                .containsExactlyInAnyOrder(image.digest(), other.digest());
        assertThat(listed("one").referrers()).isOne();
        Path blob = store.pathOf(cleaner().needed(List.of(foreign)).values().stream()
                .filter(needed -> needed.mediaType().value().equals("application/vnd.example.signature"))
                .findFirst()
                .orElseThrow()
                .digest());
        byte[] right = Files.readAllBytes(blob);
        Files.delete(blob);
        assertThat(verify()).singleElement().extracting(Bad::images).isEqualTo(List.of("one"));
        Files.write(blob, right);
        cleaner().remove(List.of("one"));
        cleaner().prune(ANY_AGE, 0, false);
        assertThat(store.has(foreign)).isTrue();
        assertThat(new StoreListing(store).images())
                .extracting(listed -> listed.root().digest())
                .containsExactlyInAnyOrder(foreign.digest(), other.digest());
        assertThat(verify()).isEmpty();
    }

    @Test
    void whatAReferrerLacksIsReportedForItsImage() throws IOException {
        Referrer index = new Referrer(
                content.index(content.image("sbom of amd64", content.layer("sbom 1")), content.image("sbom of arm64")),
                "application/sbom",
                image.digest(),
                "");
        content.name("one", image, signature, ofSignature, index);
        assertThat(verify()).isEmpty();
        for (Descriptor needed : cleaner().needed(List.of(image)).values()) {
            Path file = store.pathOf(needed.digest());
            byte[] right = Files.readAllBytes(file);
            Files.delete(file);
            assertThat(verify()).as(needed.toString()).hasSize(1).allSatisfy(bad -> {
                assertThat(bad.kind()).isEqualTo(Kind.MISSING);
                assertThat(bad.descriptor().digest()).isEqualTo(needed.digest());
                assertThat(bad.images()).containsExactly("one");
            });
            Files.write(file, "damaged".getBytes(StandardCharsets.UTF_8));
            assertThat(verify()).as(needed.toString()).anySatisfy(bad -> {
                assertThat(bad.kind()).isEqualTo(Kind.DAMAGED);
                assertThat(bad.images()).containsExactly("one");
            });
            Files.write(file, right);
        }
    }

    /** What one image calls a layer may be the manifest of another one. */
    @Test
    void anImageThatCallsAManifestALayerTakesNothingFromTheOther() {
        Descriptor trap = content.image("trap", new Descriptor(MediaType.OCI_LAYER_GZIP, image.digest(), image.size()));
        content.name("a trap", trap);
        content.name("one", image);
        content.name("signed", content.index(trap, image), signature);
        cleaner().prune(ANY_AGE, Long.MAX_VALUE, false);
        assertThat(verify()).isEmpty();
        assertThat(store.has(signature.descriptor())).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Digest.Algorithm.class)
    void artifactsOfEveryAlgorithmAreListedVerifiedAndRemoved(Digest.Algorithm algorithm) {
        StoreContent other = new StoreContent(store, algorithm);
        Descriptor nested = other.index(other.index(other.image("deep")), other.image("without layers"));
        Referrer referrer = other.referrer(nested.digest(), "signature");
        other.name("artifact", nested, referrer);
        assertThat(listed("artifact").referrers()).isOne();
        assertThat(cleaner().prune(ANY_AGE, Long.MAX_VALUE, false).blobs())
                .as("the image that has no name")
                .isNotEmpty();
        assertThat(verify()).isEmpty();
        assertThat(cleaner().needed(List.of(nested)).values()).hasSize(9).allMatch(store::has);
        cleaner().remove(List.of("artifact"));
        assertThat(cleaner().blobs()).isEmpty();
        assertThat(temporary.resolve("blobs").resolve(algorithm.label())).isEmptyDirectory();
    }

    /** An index that is too large to be read again is not written. */
    @Test
    void anIndexDoesNotGrowBeyondWhatIsRead() {
        content.name("one", image);
        List<Referrer> many = IntStream.range(0, 30_000)
                .mapToObj(i -> new Referrer(
                        signature.descriptor(),
                        "application/sig",
                        Digest.sha256(String.valueOf(i).getBytes(StandardCharsets.UTF_8)),
                        ""))
                .toList();
        assertThatThrownBy(() -> content.name("two", image, many.toArray(Referrer[]::new)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("too many images and referrers");
        content.name("two", image, signature);
        assertThat(store.index().list()).hasSize(2);
    }

    private static String entry(Descriptor referrer, Digest subject) {
        String json = StoreContent.json(referrer);
        return json.substring(0, json.length() - 1) + ",\"annotations\":{\"" + LayoutIndex.SUBJECT + "\":\"" + subject
                + "\"}}";
    }

    /** As another program does it. */
    private void addEntries(String... entries) throws IOException {
        Path index = temporary.resolve("index.json");
        Files.writeString(
                index,
                Files.readString(index)
                        .replace("\"manifests\":[", "\"manifests\":[" + String.join(",", entries) + ","));
    }
}
