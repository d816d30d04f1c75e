// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks;

import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpOptions;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.RegistryEndpoint;
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

/** The order of endpoints of many hosts; every other host has the capability pull alone. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class EndpointBenchmark {
    /** How many hosts there are. */
    @Param({"3", "1000"})
    public int hosts;

    private HttpClients clients;
    private ImageEndpoints endpoints;

    /** Makes the hosts. */
    @Setup
    public void make() throws IOException {
        StringBuilder toml = new StringBuilder("server = \"http://registry.example\"\n");
        for (int i = 1; i < hosts; i++) {
            toml.append("[host.\"http://mirror-").append(i).append(".example:5000\"]\n");
            toml.append(i % 2 == 0 ? "  capabilities = [\"pull\", \"resolve\"]\n" : "  capabilities = [\"pull\"]\n");
        }
        Path root = Files.createTempDirectory("jpull-benchmark-");
        Path directory = Files.createDirectory(root.resolve("registry.example"));
        Path file = Files.writeString(directory.resolve("hosts.toml"), toml);
        NamespaceHosts found = new ContainerdHosts(List.of(root), HostDefaults.NONE).hostsFor("registry.example");
        Files.delete(file);
        Files.delete(directory);
        Files.delete(root);
        clients = new HttpClients(HttpOptions.defaults());
        endpoints = new ImageEndpoints(found.hosts().stream()
                .map(host -> new RegistryEndpoint(clients.endpoint(host), found.namespace()))
                .toList());
    }

    /** Closes what was opened. */
    @TearDown
    public void close() {
        clients.close();
    }

    /** For the digest of a tag. */
    @Benchmark
    public List<RegistryEndpoint> forTags() {
        return endpoints.forTags();
    }

    /** For a blob. */
    @Benchmark
    public List<RegistryEndpoint> forContent() {
        return endpoints.forContent();
    }
}
