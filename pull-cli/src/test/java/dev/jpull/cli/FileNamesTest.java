// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.TestCertificates;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A name that cannot be the name of a file is a mistake of the user or of the locale, wherever it is written. */
class FileNamesTest {
    private static final String IMAGE = "registry.example/app:1";

    @TempDir
    Path temporary;

    private static Run run(List<String> args) {
        return InProcess.run(args.toArray(String[]::new));
    }

    @Test
    void aNameInAConfigurationThatIsNoneIsNoBug() {
        for (String toml : List.of(
                "ca = \"a\\u0000b\"\n",
                "client = \"a\\u0000b\"\n",
                "client = [[\"a\\u0000b\", \"c\"]]\n",
                "[host.\"https://m.example\"]\nca = [\"a\\u0000b\"]\n")) {
            TestCertificates.write(temporary.resolve("certs.d/registry.example/hosts.toml"), toml);
            for (String command : List.of("explain", "check", "probe")) {
                String hosts = temporary.resolve("certs.d").toString();
                Run run = command.equals("check")
                        ? InProcess.run("hosts", command, hosts)
                        : InProcess.run("hosts", command, "--hosts-dir", hosts, IMAGE);
                assertThat(run.exitCode()).as(command + toml + run.err()).isIn(2, 3);
                assertThat(run.err() + run.out()).doesNotContain("bug in jpull", "\u0000");
            }
        }
        Path config = TestCertificates.write(temporary.resolve("config.toml"), """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "/a\\u0000b"
                """);
        Run run = InProcess.run("hosts", "explain", "--config", config.toString(), IMAGE);
        assertThat(run.exitCode()).as(run.err()).isIn(2, 3);
        assertThat(run.err()).doesNotContain("bug in jpull", "\u0000");
    }

    @Test
    void anArgumentWithLostCharactersIsRefused() {
        for (List<String> args : List.of(
                List.of("--store", "/home/j\ufffd\ufffdrgen", IMAGE),
                List.of("store", "ls", "--store", "j\ufffdrgen"),
                List.of("j\ufffdrgen"))) {
            Run run = run(args);
            assertThat(run.exitCode()).as(args.toString()).isEqualTo(2);
            assertThat(run.err()).contains("cannot be decoded", "file names are in");
        }
    }
}
