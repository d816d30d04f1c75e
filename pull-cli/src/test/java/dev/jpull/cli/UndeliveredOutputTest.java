// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A result that cannot be written to standard output is a failure of every command. */
class UndeliveredOutputTest {
    private static final String FULL = "No space left on device";

    @TempDir
    Path temporary;

    private TestRegistry registry;
    private String one;
    private String two;
    private String hosts;
    private String store;

    @BeforeEach
    void start() {
        registry = TestRegistry.start()
                .serve("one", "1", new ImageFactory(3).image("linux/amd64", new Layer(900, Compression.NONE)))
                .serve("two", "1", new ImageFactory(4).image("linux/amd64", new Layer(900, Compression.NONE)));
        one = registry.host() + "/one:1";
        two = registry.host() + "/two:1";
        hosts = temporary.resolve("certs.d").toString();
        TestCertificates.write(
                temporary.resolve("certs.d/registry.example/hosts.toml"), "server = \"https://a.example\"\n");
        store = temporary.resolve("store").toString();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    /** Takes some bytes, and then fails as the system does. */
    private static final class Limited extends OutputStream {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final int limit;
        private final String reason;

        Limited(int limit, String reason) {
            this.limit = limit;
            this.reason = reason;
        }

        @Override
        public void write(int value) throws IOException {
            if (taken.size() == limit) {
                throw new IOException(reason);
            }
            taken.write(value);
        }
    }

    private record Ended(int exitCode, String err) {}

    private static Ended deliver(OutputStream out, String... args) {
        StringWriter err = new StringWriter();
        return new Ended(
                Main.deliver(new Interruption(), new ResultStream(out), new PrintWriter(err), args), err.toString());
    }

    private List<List<String>> commands() {
        return List.of(
                List.of("--store", store, one),
                List.of("--store", store, "--format", "json", one),
                List.of("--store", store, "--offline", one),
                List.of("resolve", one),
                List.of("hosts", "explain", "--hosts-dir", hosts, "registry.example/app:1"),
                List.of("hosts", "check", hosts),
                List.of("hosts", "check", "--format", "json", hosts),
                List.of("hosts", "probe", one),
                List.of("store", "ls", "--store", store),
                List.of("store", "verify", "--store", store),
                List.of("store", "prune", "--store", store),
                List.of("store", "rm", "--store", store, one),
                List.of("hosts", "convert", temporary.resolve("config.toml").toString(), hosts + "-2"),
                List.of("--help"),
                List.of("store", "prune", "--help"),
                List.of("--version"));
    }

    @Test
    void everyCommandFailsWhenItsResultIsNotWritten() throws IOException {
        Files.writeString(temporary.resolve("config.toml"), "version = 2\n");
        for (List<String> command : commands()) {
            String[] args = command.toArray(String[]::new);
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            assertThat(deliver(whole, args)).as(command.toString()).returns(0, Ended::exitCode);
            if (command.contains("rm")) {
                InProcess.run("--store", store, "-q", one);
            }
            for (int limit : new int[] {0, 1, Math.max(1, whole.size() - 1)}) {
                Ended full = deliver(new Limited(limit, FULL), args);
                assertThat(full.exitCode())
                        .as("%s after %s bytes", command, limit)
                        .isEqualTo(8);
                assertThat(full.err()).contains("standard output cannot be written", FULL);
                if (command.contains("rm")) {
                    InProcess.run("--store", store, "-q", one);
                }
            }
            Ended closed = deliver(new Limited(1, "Broken pipe"), args);
            assertThat(closed.exitCode()).as(command.toString()).isEqualTo(141);
            if (command.contains("rm")) {
                InProcess.run("--store", store, "-q", one);
            }
        }
    }

    @Test
    void noFurtherImageIsPulledWhenResultsCannotBeWritten() {
        Ended full = deliver(new Limited(0, FULL), "--store", store, "-q", one, two);
        assertThat(full.exitCode()).isEqualTo(8);
        assertThat(full.err()).contains("the images after " + one + " are not pulled");
        assertThat(InProcess.run("store", "ls", "--store", store).out())
                .contains(one)
                .doesNotContain(two);
    }

    @Test
    void aFailureKeepsItsExitCode() {
        Ended missing = deliver(new Limited(0, FULL), "--store", store, "--format", "json", registry.host() + "/no:1");
        assertThat(missing.exitCode()).isEqualTo(5);
        assertThat(missing.err()).contains("standard output cannot be written");
    }

    @Test
    void errorsOnStandardErrorChangeNothing() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int exitCode = Main.deliver(
                new Interruption(),
                new ResultStream(out),
                new PrintWriter(new Limited(0, FULL), true, StandardCharsets.UTF_8),
                "--store",
                store,
                one);
        assertThat(exitCode).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith(one + "@sha256:");
    }
}
