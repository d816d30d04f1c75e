// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.error.RegistryAccessDeniedException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.image.Digest;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.File;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Build tools such as Gradle serialize what they configure, run it in workers, and get results and exceptions back. */
class BuildToolShapesTest {
    private static final String NAME = "registry.example/team/app:1";

    @TempDir
    Path temporary;

    private final TestImage content = ServedImages.index();
    private final TestRegistry registry = TestRegistry.start().serve("team/app", "1", content);

    /** Where serialized work runs. */
    enum Worker {
        /** In this process, by classes of another class loader. */
        CLASS_LOADER {
            @Override
            byte[] run(byte[] work) throws Exception {
                try (URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
                    Class<?> type = loader.loadClass(WorkerProcess.class.getName());
                    assertThat(type).isNotSameAs(WorkerProcess.class);
                    return (byte[]) type.getMethod("outcomeOf", byte[].class).invoke(null, (Object) work);
                }
            }
        },
        /** In a process of its own. */
        PROCESS {
            @Override
            byte[] run(byte[] work) throws Exception {
                Process process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WorkerProcess.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                try (OutputStream in = process.getOutputStream()) {
                    in.write(work);
                }
                try (InputStream out = process.getInputStream()) {
                    byte[] outcome = out.readAllBytes();
                    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                    return outcome;
                } finally {
                    process.destroyForcibly();
                }
            }
        };

        abstract byte[] run(byte[] work) throws Exception;

        /** The outcome of some work, as an object of the classes of this test. */
        Object outcome(PullWork work) throws Exception {
            return WorkerProcess.read(run(WorkerProcess.write(work)));
        }

        private static URL[] classPath() throws MalformedURLException {
            List<URL> urls = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            return urls.toArray(URL[]::new);
        }
    }

    @BeforeEach
    void configure() {
        TestCertificates.write(
                temporary.resolve("certs.d/registry.example/hosts.toml"), "server = \"" + registry.origin() + "\"\n");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private PullWork work(String image) {
        return new PullWork(
                PullRequest.builder(image).platform(ServedImages.PLATFORM).build(),
                temporary.resolve("store").toFile(),
                temporary.resolve("certs.d").toFile());
    }

    @ParameterizedTest
    @EnumSource
    void aResultOfAWorkerIsUsableWhereTheWorkCameFrom(Worker worker) throws Exception {
        PulledImage image = (PulledImage) worker.outcome(work(NAME));

        assertThat(image.name()).isEqualTo(NAME);
        assertThat(image.digest()).hasToString(content.rootDigest());
        assertThat(image.chainId()).hasToString(content.chainId(ServedImages.PLATFORM));
        assertThat(image.layers())
                .hasSize(3)
                .allSatisfy(layer -> assertThat(Files.size(layer.path())).isEqualTo(layer.size()));
        assertThat(image.read("/usr/share/platform"))
                .hasValueSatisfying(file ->
                        assertThat(new String(file, StandardCharsets.UTF_8)).isEqualTo(ServedImages.PLATFORM));
        assertThat(WorkerProcess.read(WorkerProcess.write(image))).isEqualTo(image);
    }

    static Stream<Arguments> failures() {
        return Stream.of(Worker.values())
                .flatMap(worker -> Stream.of(
                        Arguments.of(worker, ImageNotFoundException.class, Behaviour.status(404)),
                        Arguments.of(worker, RegistryAccessDeniedException.class, Behaviour.status(403)),
                        Arguments.of(worker, RegistryUnavailableException.class, Behaviour.drop()),
                        Arguments.of(worker, IntegrityException.class, Behaviour.corrupt(7))));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureOfAWorkerSaysWhatItSaysWhereItHappened(
            Worker worker, Class<? extends PullException> type, Behaviour behaviour) throws Exception {
        registry.when(request -> request.path().endsWith(content.rootDigest()) || request.isForTag(), behaviour);
        PullException expected = catchThrowableOfType(type, () -> work(NAME).call());

        Object outcome = worker.outcome(work(NAME));

        assertThat(outcome).isExactlyInstanceOf(type);
        PullException failure = (PullException) outcome;
        assertThat(failure).hasMessage(expected.getMessage());
        assertThat(failure.kind()).isEqualTo(expected.kind());
        assertThat(failure.remedies()).isEqualTo(expected.remedies());
        assertThat(failure.attempts())
                .isNotEmpty()
                .usingRecursiveComparison()
                .ignoringFields("elapsed")
                .isEqualTo(expected.attempts());
    }

    @Test
    void aValueOfTheBuildIsTheSameForTheSameImages() {
        PullWork work = work(NAME);
        ImageDigests source = new ImageDigests(List.of(work.request()), work.store(), work.hostsDirectory());

        byte[] first = WorkerProcess.write(source.get());
        byte[] second = WorkerProcess.write(((ImageDigests) WorkerProcess.read(WorkerProcess.write(source))).get());

        assertThat(second)
                .as("the serialized value, which a build tool compares")
                .isEqualTo(first);
        SortedMap<String, Digest> digests = source.get();
        assertThat(digests).containsExactly(Map.entry(NAME, Digest.parse(content.rootDigest())));

        TestImage other = ServedImages.large();
        registry.serve("team/app", "1", other);
        assertThat(WorkerProcess.write(source.get())).isNotEqualTo(first);
        assertThat(registry.requests()).as("only tags are asked for").noneMatch(LoggedRequest::isForBlob);
    }

    @Test
    void whatIsConfiguredIsSerializedWithoutOpeningAnything() {
        PullWork work = work(NAME);

        assertThat(WorkerProcess.write(WorkerProcess.read(WorkerProcess.write(work))))
                .isEqualTo(WorkerProcess.write(work));
        assertThat(registry.requests()).isEmpty();
        assertThat(temporary.resolve("store")).doesNotExist();
    }
}
