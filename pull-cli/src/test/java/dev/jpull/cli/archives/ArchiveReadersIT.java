// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import dev.jpull.cli.archives.ArchiveReader.Reports;
import dev.jpull.cli.archives.Programs.RefusedException;
import dev.jpull.testdata.DebianPackages;
import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Archives of the command, read by the programs that users have: each reports the digest that the image has, or cannot take it for a
 * reason that is known. With the newer programs of {@code benchmarks/install-peers} as well when {@code -Djpull.peers} names them;
 * the tables of the README are those of such a run. Daemons and storages of containers need root.
 */
class ArchiveReadersIT {
    private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");

    private static Path temporary = Path.of("");
    private static int works;
    private static ArchiveSamples samples;
    private static final List<ContainerdDaemon> DAEMONS = new ArrayList<>();
    private static final List<DockerDaemon> DOCKER = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        DebianPackages.require("skopeo", "umoci");
        if (IS_ROOT) {
            DebianPackages.require("podman", "containerd");
        }
        temporary = Files.createTempDirectory("readers"); // a short path, for the sockets
        samples = new ArchiveSamples(Files.createDirectory(temporary.resolve("samples")));
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        for (ContainerdDaemon daemon : DAEMONS) {
            daemon.close();
        }
        for (DockerDaemon daemon : DOCKER) {
            daemon.close();
        }
        samples.close();
        FileTree.delete(temporary);
    }

    @Test
    void readersReportTheDigestsOfTheImages() throws IOException, InterruptedException {
        Programs programs = new Programs(Files.createDirectory(temporary.resolve("o")));
        List<String> daemons = Programs.newer().isPresent() ? List.of("", "-17", "-new") : List.of("");
        for (String suffix : IS_ROOT ? daemons : List.<String>of()) {
            DAEMONS.add(
                    ContainerdDaemon.start(programs, suffix, Files.createDirectory(temporary.resolve("c" + suffix))));
        }
        if (IS_ROOT && Programs.newer().isPresent()) {
            DOCKER.add(DockerDaemon.start(programs, Files.createDirectory(temporary.resolve("d"))));
        }
        SoftAssertions softly = new SoftAssertions();
        ReaderTable oci = new ReaderTable(samples.all());
        ReaderTable docker = new ReaderTable(samples.images());
        for (Sample sample : samples.all()) {
            Path store = samples.stored(sample);
            read(sample, store, "oci-archive", ociReaders(programs), oci, softly);
            if (samples.images().contains(sample)) {
                read(sample, store, "docker-archive", dockerReaders(programs), docker, softly);
            }
        }
        Files.writeString(
                Path.of("target", "archive-readers.md"),
                oci.markdown() + "\nWith `--format docker-archive`:\n\n" + docker.markdown());
        softly.assertAll();
    }

    private static void read(
            Sample sample,
            Path store,
            String format,
            List<ArchiveReader> readers,
            ReaderTable table,
            SoftAssertions softly)
            throws IOException, InterruptedException {
        Path archive = temporary.resolve(format + "-" + sample.title().replace(' ', '-') + ".tar");
        ArchiveSamples.export(sample, store, format, archive);
        for (ArchiveReader reader : readers) {
            table.put(reader.name(), sample, read(reader, sample, archive, table, softly));
        }
    }

    private static String read(
            ArchiveReader reader, Sample sample, Path archive, ReaderTable table, SoftAssertions softly)
            throws IOException, InterruptedException {
        String what = reader.name() + ", " + sample.title();
        Path work = Files.createDirectory(temporary.resolve("w" + ++works)); // podman takes short paths alone
        try {
            Map<String, String> reported = reader.read(sample, archive, work);
            Map<String, String> expected = ReaderTable.expected(reader, sample);
            softly.assertThat(reported).as(what).containsAllEntriesOf(expected);
            softly.assertThat(reader.cannotTake(sample)).as(what + " was taken").isEmpty();
            return reported.entrySet().containsAll(expected.entrySet())
                    ? ReaderTable.taken(reader, sample)
                    : "other digests: " + reported;
        } catch (RefusedException e) {
            Optional<String> known = reader.cannotTake(sample);
            softly.assertThat(known).as(what + ": " + e.getMessage()).isPresent();
            return known.map(table::refused).orElse("**refused**");
        } finally {
            FileTree.delete(work);
        }
    }

    private static List<ArchiveReader> ociReaders(Programs programs) throws IOException, InterruptedException {
        List<ArchiveReader> readers = new ArrayList<>();
        readers.add(new JpullReader(Reports.ROOT, List.of()));
        for (String skopeo : orNewer("skopeo")) {
            String name = programs.named(skopeo, "--version");
            readers.add(new SkopeoReader(name + " `oci-archive:`", programs, skopeo, "oci-archive"));
            readers.add(new SkopeoReader(name + " `docker-archive:`", programs, skopeo, "docker-archive"));
        }
        if (IS_ROOT) {
            readers.add(new PodmanReader(programs.named("podman", "--version") + " `load`", programs));
            DAEMONS.forEach(daemon -> readers.addAll(ContainerdReader.of(daemon)));
            for (String umoci : orNewer("umoci")) {
                readers.add(new UmociReader(programs.named(umoci, "--version"), programs, umoci));
            }
        }
        DOCKER.forEach(daemon -> readers.add(new DockerReader(daemon)));
        if (Programs.newer().isPresent()) {
            readers.add(new OrasReader(programs.named("oras", "version"), programs));
        }
        return readers;
    }

    private static List<ArchiveReader> dockerReaders(Programs programs) throws IOException, InterruptedException {
        List<ArchiveReader> readers = new ArrayList<>();
        readers.add(new JpullReader(Reports.CONFIG, List.of()));
        for (String skopeo : orNewer("skopeo")) {
            String name = programs.named(skopeo, "--version");
            readers.add(new SkopeoReader(name + " `docker-archive:`", programs, skopeo, "docker-archive"));
        }
        if (IS_ROOT) {
            readers.add(new PodmanReader(programs.named("podman", "--version") + " `load`", programs));
            DAEMONS.forEach(daemon -> readers.add(ContainerdReader.ofDockerArchives(daemon)));
        }
        DOCKER.forEach(daemon -> readers.add(new DockerReader(daemon)));
        return readers;
    }

    private static List<String> orNewer(String program) {
        return Programs.newer().isPresent() ? List.of(program, program + "-new") : List.of(program);
    }
}
