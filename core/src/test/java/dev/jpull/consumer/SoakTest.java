// SPDX-License-Identifier: Apache-2.0
package dev.jpull.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.image.MediaType;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A puller that is called thousands of times needs no more objects, heap, threads and descriptors than before. */
class SoakTest {
    private static final String REPOSITORY = "team/app";
    private static final int IMAGES = 60;

    private @TempDir Path temporary;

    @Test
    void fiveThousandCalls() throws Exception {
        assertThat(run(5000, false)).containsExactly("3000 pulled, 1000 failed, 1000 cancelled");
    }

    @Test
    void theCheckReportsWhatIsKept() throws Exception {
        assertThat(run(900, true))
                .startsWith("540 pulled, 180 failed, 180 cancelled")
                .anySatisfy(line -> assertThat(line).startsWith("instances: dev.jpull.PulledImage "))
                .anySatisfy(line -> assertThat(line).startsWith("heap: "))
                .anySatisfy(line -> assertThat(line).startsWith("threads: ").contains("a kept thread"))
                .anySatisfy(line -> assertThat(line).startsWith("descriptors: "));
    }

    private List<String> run(int calls, boolean keeps) throws Exception {
        TestImage endless = new ImageFactory(99).image("linux/amd64", new Layer(500_000, Compression.NONE));
        try (TestRegistry registry = TestRegistry.start().serve(REPOSITORY, "endless", endless)) {
            registry.serveManifest(
                    REPOSITORY, "broken", MediaType.OCI_MANIFEST.toString(), "[]".getBytes(StandardCharsets.UTF_8));
            registry.when(request -> request.path().endsWith(endless.largestBlob()), Behaviour.stall(100));
            for (int i = 0; i < IMAGES; i++) {
                registry.serve(
                        REPOSITORY,
                        String.valueOf(i),
                        new ImageFactory(i).image("linux/amd64", new Layer(300, Compression.GZIP)));
            }
            TestCertificates.write(
                    temporary.resolve("certs.d/registry.example/hosts.toml"),
                    "server = \"" + registry.origin() + "\"\n");
            Path classes = temporary.resolve("classes");
            ConsumerBuild.compile(classes);
            List<Path> classPath = new ArrayList<>(ConsumerBuild.library());
            classPath.add(classes);
            return ChildJvm.in(temporary)
                    .run(
                            "-cp",
                            ChildJvm.path(classPath),
                            "example.host.Soak",
                            temporary.toString(),
                            String.valueOf(calls),
                            String.valueOf(keeps))
                    .lines();
        }
    }
}
