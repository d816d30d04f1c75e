// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.error.FailureKind;
import dev.jpull.error.PullException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.image.Platform;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Results cross the borders of class loaders and processes, and are of use there; bytes that mean harm make no values. */
class SerializedResultsTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(23)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(30_000, Compression.GZIP),
                    new Layer(5000, Compression.NONE));
    private static final Digest DIGEST = Digest.sha256(new byte[1]);

    SerializedResultsTest() {
        super(CONTENT);
    }

    private static byte[] bytes(Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    private static Object read(byte[] bytes) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        }
    }

    private static void assertKept(Object value) throws IOException, ClassNotFoundException {
        assertThat(read(bytes(value))).isEqualTo(value).hasToString(value.toString());
    }

    @Test
    void anImageAndItsPartsAreTheSameAfterwards() throws Exception {
        PulledImage image = fixture.pull(IMAGE);
        assertKept(image);
        PulledPlatform platform = image.platforms().get(0);
        assertKept(platform);
        assertThat(((PulledPlatform) read(bytes(platform))).files()).isEqualTo(platform.files());
        for (PulledLayer layer : image.layers()) {
            assertKept(layer);
            try (InputStream content = ((PulledLayer) read(bytes(layer))).open()) {
                assertThat(Digest.sha256(content.readAllBytes())).isEqualTo(layer.diffId());
            }
        }
        assertKept(image.index().orElseThrow());
        assertKept(image.manifest());
        assertKept(image.config());
        try (ImagePuller puller = fixture.builder().build()) {
            assertKept(puller.resolve(IMAGE));
        }
        assertKept(LocalStore.open(fixture.store()).images());
        assertKept(LocalStore.open(fixture.store()).inspect(IMAGE, List.of()));
        assertKept(LocalStore.open(fixture.store()).export(ExportRequest.of(IMAGE), temporary.resolve("archive.tar")));
    }

    @Test
    void valuesAreTheSameAfterwards() throws Exception {
        for (Object value : List.of(
                DIGEST,
                ImageReference.parse("app:1"),
                Platform.parse("windows(10.0.20348)/amd64"),
                MediaType.OCI_INDEX,
                new Descriptor(
                        MediaType.OCI_MANIFEST,
                        DIGEST,
                        7,
                        Platform.parse("linux/arm/v7"),
                        List.of("https://mirror.example/"),
                        Map.of("a", "b"),
                        "e30="),
                new SyncReport(
                        List.of(new SyncReport.SyncedImage("a", "b", DIGEST, SyncReport.State.NEW, 1, null)),
                        List.of("c"),
                        2))) {
            assertKept(value);
        }
        assertThat(read(bytes(new Attempt(
                        "https://mirror.example", "", "blob", AttemptKind.SERVER_ERROR, 0, "late", Duration.ZERO))))
                .isInstanceOf(Attempt.class);
    }

    @Test
    void anImageIsOfUseInAnotherProcess() throws Exception {
        PulledImage image = fixture.pull(IMAGE);
        Path file = Files.write(temporary.resolve("image.ser"), bytes(image));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SerializedResultReader.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                .isEqualTo(SerializedResultReader.use(file));
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void anImageIsOfUseInAnotherClassLoader() throws Exception {
        PulledImage image = fixture.pull(IMAGE);
        Path file = Files.write(temporary.resolve("image.ser"), bytes(image));
        List<URL> urls = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(part).toUri().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> reader = loader.loadClass(SerializedResultReader.class.getName());
            assertThat(reader).isNotEqualTo(SerializedResultReader.class);
            assertThat(reader.getMethod("use", Path.class).invoke(null, file))
                    .isEqualTo(SerializedResultReader.use(file));
        }
    }

    @Test
    void failuresOfPullsKeepTheirAttemptsAndCauses() throws Exception {
        List<PullException> failures = new ArrayList<>();
        failures.add(failure(Fixture.NAMESPACE + "/team/app:none"));
        failures.add(failure("no reference:"));
        for (TestRegistry registry : List.of(mirror, upstream)) {
            registry.when(request -> request.path().contains("/blobs/"), Behaviour.corrupt(100));
        }
        failures.add(failure(IMAGE));
        mirror.close();
        upstream.requireBasic("user", "password");
        failures.add(failure(IMAGE));
        upstream.close();
        failures.add(failure(IMAGE));
        fixture.hosts("server = 7");
        failures.add(failure(IMAGE));
        assertThat(failures)
                .extracting(PullException::kind)
                .containsExactly(
                        FailureKind.NOT_FOUND,
                        FailureKind.USAGE,
                        FailureKind.INTEGRITY,
                        FailureKind.ACCESS_DENIED,
                        FailureKind.UNAVAILABLE,
                        FailureKind.CONFIGURATION);
        for (PullException failure : failures) {
            PullException copy = (PullException) read(bytes(failure));
            assertThat(copy).isExactlyInstanceOf(failure.getClass()).hasMessage(failure.getMessage());
            assertThat(copy.attempts()).isEqualTo(failure.attempts());
            assertThat(copy.remedies()).isEqualTo(failure.remedies());
        }
    }

    private PullException failure(String reference) {
        return catchThrowableOfType(PullException.class, () -> fixture.pull(reference));
    }

    @Test
    void bytesThatMeanHarmMakeNoValue() throws Exception {
        assertRefused(bytes(DIGEST), DIGEST.hex(), "../".repeat(21) + "/");
        assertRefused(bytes(DIGEST), DIGEST.hex(), DIGEST.hex().toUpperCase(Locale.ROOT));
        ImageReference reference = ImageReference.parse("registry.example/app:1");
        assertRefused(bytes(reference), "registry.example", "registry\nexample");
        PulledImage image = fixture.pull(IMAGE);
        assertRefused(bytes(image), "file://", "http://");
        assertRefused(bytes(image), image.digest().hex(), "Z".repeat(64));
    }

    private static void assertRefused(byte[] stream, String text, String other) {
        String raw = new String(stream, StandardCharsets.ISO_8859_1);
        assertThat(raw).contains(text);
        byte[] changed = raw.replace(text, other).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(changed).as("the test keeps lengths").hasSameSizeAs(stream);
        assertThatThrownBy(() -> read(changed))
                .isInstanceOf(InvalidObjectException.class)
                .hasCauseInstanceOf(RuntimeException.class);
    }

    /** Writes an object as it is, except for one of its parts, instead of which null is written. */
    private static final class Omitting extends ObjectOutputStream {
        private final int omitted;
        private int parts;

        Omitting(OutputStream out, int omitted) throws IOException {
            super(out);
            this.omitted = omitted;
            enableReplaceObject(true);
        }

        @Override
        protected @Nullable Object replaceObject(Object part) {
            return parts++ == omitted ? null : part;
        }
    }

    @Test
    void partsThatAreMissingMakeNoValueThatFailsLater() throws Exception {
        PulledImage image = fixture.pull(IMAGE);
        List<Object> values = new ArrayList<>(List.of(
                image,
                image.platforms().get(0),
                image.layers().get(0),
                image.unpack(temporary.resolve("files"), UnpackOptions.defaults()),
                PullRequest.builder(IMAGE).platform("linux/amd64").build()));
        try (ImagePuller puller = fixture.builder().build()) {
            values.add(puller.resolve(IMAGE));
        }
        for (Object value : values) {
            int refused = 0;
            for (int omitted = 1, parts = 2; omitted < parts; omitted++) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (Omitting out = new Omitting(bytes, omitted)) {
                    out.writeObject(value);
                    parts = out.parts;
                }
                try {
                    Object copy = read(bytes.toByteArray());
                    assertThat(copy.toString()).isNotNull();
                    assertThat(copy).hasSameHashCodeAs(copy);
                } catch (InvalidObjectException e) {
                    refused++;
                }
            }
            assertThat(refused).as(value.getClass().getName()).isPositive();
        }
    }

    @Test
    void twoPullsOfAnImageThatHasNotChangedHaveEqualResults() {
        PulledImage first = fixture.pull(IMAGE);
        PulledImage second = fixture.pull(IMAGE);
        assertThat(second.requests()).isNotEqualTo(first.requests());
        assertThat(second.bytesFetched()).isNotEqualTo(first.bytesFetched());
        assertThat(second).isEqualTo(first).hasSameHashCodeAs(first);
        assertThat(second.platforms()).isEqualTo(first.platforms()).hasSameHashCodeAs(first.platforms());
        assertThat(second.layers()).isEqualTo(first.layers()).hasSameHashCodeAs(first.layers());
        assertThat(second.layers().get(0)).isNotEqualTo(first.layers().get(1));
        try (ImagePuller puller = fixture.builder().build()) {
            ResolvedReference resolved = puller.resolve(IMAGE);
            mirror.close();
            ResolvedReference elsewhere = puller.resolve(IMAGE);
            assertThat(elsewhere.host()).isNotEqualTo(resolved.host());
            assertThat(elsewhere).isEqualTo(resolved).hasSameHashCodeAs(resolved);
            PulledImage other = puller.pull(
                    PullRequest.builder(IMAGE).platform("linux/arm64").build());
            assertThat(other).isNotEqualTo(first);
            assertThat(other.platforms().get(0)).isNotEqualTo(first.platforms().get(0));
        }
    }

    @Test
    void classesWithASerializedFormAreReadFromThatOnly() throws Exception {
        for (Object value : List.of(
                fixture.pull(IMAGE),
                fixture.pull(IMAGE).platforms().get(0),
                fixture.pull(IMAGE).layers().get(0))) {
            byte[] direct = new ByteArrayOutputStream() {
                {
                    // a stream with an object of the class itself, and no fields
                    write(new byte[] {(byte) 0xac, (byte) 0xed, 0, 5, 's', 'r'});
                    byte[] name = value.getClass().getName().getBytes(StandardCharsets.UTF_8);
                    write(new byte[] {0, (byte) name.length});
                    write(name);
                    write(new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 'x', 'p'});
                }
            }.toByteArray();
            assertThatThrownBy(() -> read(direct)).isInstanceOf(InvalidObjectException.class);
        }
    }
}
