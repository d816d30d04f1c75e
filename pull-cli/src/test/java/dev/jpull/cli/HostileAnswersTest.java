// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.HostileServer.Attack;
import dev.jpull.cli.HostileServer.Phase;
import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The command before a server that answers with what harms: it ends, with the right exit code; another host is asked where there
 * is one; and no stream shows a secret or anything that acts on a terminal. The scenes share nothing, and mostly wait.
 */
@Execution(ExecutionMode.CONCURRENT)
class HostileAnswersTest {
    private static final String IMAGE = "registry.example/team/app:1";
    private static final String PASSWORD = "pa&ss<w\"rd/+-of-the-user";
    private static final String KEY = "key-of-the-configuration";
    private static final List<String> SECRETS = List.of(PASSWORD, "robot:" + PASSWORD, KEY, HostileServer.TOKEN);
    private static final TestImage CONTENT =
            new ImageFactory(43).index(List.of("linux/amd64"), new Layer(40_000, Compression.GZIP));
    /** All that is printed at once, for people, and for programs. */
    private static final List<List<String>> OUTPUTS = List.of(
            List.of("--progress", "plain", "-v", "--http-dump", "--http-trace"),
            List.of("--progress", "json", "--format", "json", "--http-dump", "--http-trace"),
            List.of("--progress", "plain", "--format", "json", "-v"));

    @TempDir
    Path temporary;

    /** An answer at a phase of a pull; {@code exitCode} is that of the pull without another host, or -1 when there is one. */
    record Scene(String name, Phase phase, Attack attack, int exitCode) {
        @Override
        public String toString() {
            return name + " for " + phase + (exitCode < 0 ? ", another host behind" : ", alone");
        }
    }

    static Stream<Scene> scenes() {
        List<Scene> scenes = new ArrayList<>();
        // Some of these are retried for several seconds; begun first, they pass beside the others.
        for (Phase phase : List.of(Phase.TAG, Phase.MANIFEST)) {
            HostileAnswers.all().stream()
                    .filter(answer -> phase == Phase.TAG || answer.exitCode() != 6) // those are asked again and again
                    .forEach(answer -> scenes.add(new Scene(answer.name(), phase, answer.attack(), answer.exitCode())));
        }
        for (Phase phase : Phase.values()) {
            HostileAnswers.all().stream()
                    .filter(answer -> phase == Phase.TAG
                            || phase == Phase.MANIFEST
                            || phase == Phase.TOKEN
                            || answer.name().matches("403.*|404.*|headers|a reason phrase|a redirect.*"))
                    .forEach(answer -> scenes.add(new Scene(answer.name(), phase, answer.attack(), -1)));
            HostileAnswers.broken().forEach((name, attack) -> scenes.add(new Scene(name, phase, attack, -1)));
            HostileAnswers.unexpected().forEach((name, attack) -> scenes.add(new Scene(name, phase, attack, -1)));
        }
        return scenes.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenes")
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void nothingHarmfulIsShown(Scene scene) throws IOException {
        int output = Math.floorMod(scene.toString().hashCode(), OUTPUTS.size());
        try (HostileServer hostile = HostileServer.start(CONTENT, scene.phase(), scene.attack());
                TestRegistry good = TestRegistry.start().serve("team/app", "1", CONTENT)) {
            Run run = pull(hostile, scene.exitCode() < 0 ? good : null, OUTPUTS.get(output));
            assertThat(hostile.hasAttacked()).isTrue();
            assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(Math.max(0, scene.exitCode()));
            if (scene.exitCode() < 0) {
                assertThat(good.requests()).as(run.err()).isNotEmpty();
                assertThat(run.out()).contains(CONTENT.rootDigest());
            }
            assertHarmless(run.out());
            assertHarmless(run.err());
        }
    }

    private Run pull(HostileServer hostile, @Nullable TestRegistry good, List<String> output) {
        String mirror = "[host.\"http://" + hostile.host() + "\"]\n  capabilities = [\"pull\", \"resolve\"]\n"
                + "[host.\"http://" + hostile.host() + "\".header]\n  X-Api-Key = \"" + KEY + "\"\n";
        String alone = "server = \"http://" + hostile.host() + "\"\n[header]\n  X-Api-Key = \"" + KEY + "\"\n";
        TestCertificates.write(
                temporary.resolve("certs.d/registry.example/hosts.toml"),
                good == null ? alone : "server = \"" + good.origin() + "\"\n" + mirror);
        List<String> args = new ArrayList<>(List.of(
                "--hosts-dir",
                temporary.resolve("certs.d").toString(),
                "--store",
                temporary.resolve("store").toString(),
                "--platform",
                "linux/amd64",
                "--mirror-user",
                hostile.host() + "=robot:" + PASSWORD));
        args.addAll(output);
        args.add(IMAGE);
        return InProcess.run(args.toArray(String[]::new));
    }

    /** No byte that acts on a terminal, and no secret in any encoding. */
    static void assertHarmless(String shown) {
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            boolean plain = c == '\n' || c == '\t' || c >= ' ' && c < 0x7F || c >= 0xA0;
            boolean format = Character.getType(c) == Character.FORMAT || c == '\u2028' || c == '\u2029';
            assertThat(plain && !format).as("\\u%04x in %s", (int) c, shown).isTrue();
        }
        String lower = shown.toLowerCase(Locale.ROOT);
        List<String> forms = SECRETS.stream()
                .flatMap(secret -> HostileAnswers.forms(secret).stream())
                .map(form -> form.toLowerCase(Locale.ROOT))
                .toList();
        // Shown as JSON, backslashes and quotes are escaped once more.
        List<String> quoted = forms.stream()
                .map(form -> form.replace("\\", "\\\\").replace("\"", "\\\""))
                .toList();
        assertThat(forms.stream().filter(lower::contains)).as(shown).isEmpty();
        assertThat(quoted.stream().filter(lower::contains)).as(shown).isEmpty();
    }
}
