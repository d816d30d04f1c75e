// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.error.PullException;
import dev.jpull.testdata.LoggedRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hostile registries, mirrors, token servers, networks and manifests, and what of our secrets they get to see: nothing.
 * Neither does anything that is printed show one.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(TlsImplementation.class)
class ExfiltrationTest {
    private final TlsImplementation tls;

    @TempDir
    Path temporary;

    ExfiltrationTest(TlsImplementation tls) {
        this.tls = tls;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.jpull.HostileCases#all")
    void noSecretReachesThem(HostileCases.Case tested) throws IOException {
        Queue<String> printed = new ConcurrentLinkedQueue<>();
        try (HostileScene scene = new HostileScene(temporary)) {
            tested.arrange().accept(scene);
            ImagePullerBuilder builder = scene.fixture
                    .retryingAtOnce()
                    .tlsProvider(tls)
                    .environment(scene.environment)
                    .network(scene.world)
                    .credentials(scene.credentials)
                    .foreignUrls(scene.foreignUrls)
                    .plainHttp(scene.plainHttp)
                    .httpDump(printed::add)
                    .httpTrace(printed::add)
                    .listener(event -> printed.add(event.toString()));
            try (ImagePuller puller = builder.build()) {
                printed.add(puller.pull(scene.reference).toString());
            } catch (PullException e) {
                printed.add(e + " " + e.attempts());
                for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                    printed.add(cause.toString());
                }
            }
            List<LoggedRequest> hostile = scene.hostiles().stream()
                    .flatMap(server -> server.requests().stream())
                    .toList();
            assertThat(hostile)
                    .allSatisfy(request -> assertThat(request.everything()).doesNotContain(HostileScene.SECRETS));
            if (tested.gets() == HostileCases.Gets.NOTHING) {
                assertThat(hostile).isEmpty();
            } else {
                assertThat(hostile).as(String.join("\n", printed)).isNotEmpty();
            }
            assertThat(Stream.concat(hostile.stream(), scene.home.requests().stream()))
                    .allSatisfy(
                            request -> assertThat(request.header("x-injected")).isNull());
        }
        assertThat(temporary.resolve("helper-was-run")).doesNotExist();
        assertThat(String.join("\n", printed))
                .doesNotContain(HostileScene.SECRETS)
                .doesNotContain("\u001b", "\u202e", "\u0007");
    }
}
