// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks;

import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From a namespace to its hosts: lookup in the directory, parsing of hosts.toml, defaults. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class HostConfigurationBenchmark {
    /** How many mirrors the file has. */
    @Param({"1", "10", "1000"})
    public int mirrors;

    private Path root;
    private ContainerdHosts configuration;

    /** Writes the file. */
    @Setup
    public void write() throws IOException {
        root = Files.createTempDirectory("jpull-benchmark-");
        StringBuilder toml = new StringBuilder("server = \"https://registry.example\"\n");
        for (int i = 0; i < mirrors; i++) {
            toml.append("[host.\"https://mirror-").append(i).append(".example:5000\"]\n");
            toml.append("  capabilities = [\"pull\", \"resolve\"]\n  dial_timeout = \"2s\"\n");
            toml.append("  [host.\"https://mirror-")
                    .append(i)
                    .append(".example:5000\".header]\n    x-number = \"")
                    .append(i)
                    .append("\"\n");
        }
        Path directory = Files.createDirectories(root.resolve("registry.example"));
        Files.writeString(directory.resolve("hosts.toml"), toml);
        configuration = new ContainerdHosts(List.of(root), HostDefaults.NONE);
    }

    /** Removes the file. */
    @TearDown
    public void remove() throws IOException {
        FileTree.delete(root);
    }

    /** Reads the configuration, as every pull does. */
    @Benchmark
    public NamespaceHosts hostsOfANamespace() {
        return configuration.hostsFor("registry.example");
    }
}
