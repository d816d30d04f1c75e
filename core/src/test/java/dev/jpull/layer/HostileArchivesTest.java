// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.testdata.Tree;
import dev.jpull.testdata.TreeListing;
import dev.jpull.testdata.TreeNode;
import dev.jpull.testdata.hostile.HostileArchive;
import dev.jpull.testdata.hostile.HostileArchives;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every hostile archive is unpacked beside files, links and a directory that its entries aim at, all of them writable for the process
 * that unpacks: they stay as they are, to the inode's time of change. What comes out is what the case says.
 */
class HostileArchivesTest {
    private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");
    private static final int USER = 1000;
    private static final int PATIENCE_SECONDS = 120;

    private Path temporary = Path.of("");
    private TreeListing before = new TreeListing(new TreeMap<>());

    @BeforeEach
    void makeTemporary() throws IOException {
        temporary = Files.createTempDirectory("hostile");
    }

    /** By a program that knows no names: trees have links to everywhere, and directories without permissions. */
    @AfterEach
    void removeTemporary() throws InterruptedException {
        assertThat(runs("chmod", "-R", "u+rwX", temporary.toString())).isTrue();
        assertThat(runs("rm", "-rf", temporary.toString())).isTrue();
    }

    @Test
    @Timeout(PATIENCE_SECONDS)
    void asTheUserOfTheTests() throws IOException, InterruptedException {
        Path base = prepared(false);
        HostileUnpacking.main(new String[] {base.toString()});
        compare(base, IS_ROOT ? Tree::asRoot : Tree::asUser);
    }

    @Test
    void asAnotherUser() throws IOException, InterruptedException {
        assumeTrue(IS_ROOT && runs("setpriv", "--version"), "another user needs root and setpriv");
        Path base = prepared(true);
        run(base, asUser(List.of()));
        compare(base, Tree::asUser);
    }

    @Test
    void asRootOfAUserNamespace() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(IS_ROOT ? asUser(List.of("unshare", "-r")) : List.of("unshare", "-r"));
        List<String> probe = new ArrayList<>(command);
        probe.add("true");
        assumeTrue(runs(probe.toArray(String[]::new)), "the system has no user namespaces for unprivileged users");
        Path base = prepared(IS_ROOT);
        run(base, command);
        compare(base, tree -> {
            SortedMap<String, String> lines = tree.asRoot();
            // Linux lets every user make the device that overlayfs takes for a whiteout.
            lines.values().removeIf(line -> line.startsWith("c ") && !line.equals("c 0:0"));
            return lines;
        });
    }

    private static List<String> asUser(List<String> command) {
        List<String> all =
                new ArrayList<>(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--"));
        all.addAll(command);
        return all;
    }

    /** What is expected of a tree. */
    private interface Lines {
        SortedMap<String, String> of(Tree tree);
    }

    /** A directory with what is attacked, and a directory for each archive. */
    private Path prepared(boolean forUser) throws IOException, InterruptedException {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path base = Files.createDirectory(temporary.resolve("base"));
        Path outside = Files.createDirectories(base.resolve(HostileUnpacking.OUTSIDE));
        Files.writeString(outside.resolve("canary"), "canary");
        Files.writeString(outside.resolve("secret"), "secret");
        Files.setPosixFilePermissions(outside.resolve("secret"), PosixFilePermissions.fromString("r--------"));
        Files.createSymbolicLink(outside.resolve("link"), Path.of("canary"));
        Files.createDirectory(outside.resolve("d"));
        Files.writeString(outside.resolve("d/file"), "file");
        Files.writeString(base.resolve("canary"), "canary");
        for (HostileArchive archive : HostileArchives.all("/outside")) {
            Path directory = Files.createDirectory(base.resolve(archive.id()));
            Files.writeString(directory.resolve("canary"), "canary");
            Files.createDirectory(directory.resolve(HostileUnpacking.TREE));
        }
        if (forUser) {
            assertThat(runs("chown", "-R", "-h", USER + ":" + USER, base.toString()))
                    .isTrue();
        }
        before = TreeListing.of(base);
        return base;
    }

    private void compare(Path base, Lines lines) throws IOException {
        TreeListing after = TreeListing.of(base);
        Map<String, String> results =
                Files.readAllLines(base.resolve(HostileUnpacking.RESULTS), StandardCharsets.UTF_8).stream()
                        .collect(Collectors.toMap(
                                line -> line.substring(0, line.indexOf('\t')),
                                line -> line.substring(line.indexOf('\t') + 1)));
        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(untouched(after).identity())
                .isEqualTo(untouched(before).identity());
        for (HostileArchive archive :
                HostileArchives.all(base.resolve(HostileUnpacking.OUTSIDE).toString())) {
            String result = results.get(archive.id());
            TreeListing tree = after.below(archive.id());
            softly.assertThat(tree.nodes().keySet().stream().filter(path -> path.indexOf('/') < 0))
                    .as("names beside the tree of %s", archive)
                    .containsExactly(".", "canary", HostileUnpacking.TREE);
            if (archive.outcome() instanceof HostileArchive.Contained contained) {
                softly.assertThat(result).as("%s is unpacked", archive).isEmpty();
                softly.assertThat(tree.below(HostileUnpacking.TREE).shape())
                        .as("tree of %s", archive)
                        .isEqualTo(lines.of(contained.tree()));
            } else if (archive.outcome() instanceof HostileArchive.Refused refused) {
                softly.assertThat(result)
                        .as("refusal of %s", archive)
                        .matches("(TarException|DecodeException)\t[\\x20-\\x7e\\xa1-\\uffff]{10,5000}")
                        .contains(refused.mention());
            }
        }
        softly.assertAll();
    }

    /** What no archive may touch; the directories of the archives change as their trees are made. */
    private static TreeListing untouched(TreeListing listing) {
        SortedMap<String, TreeNode> nodes = new TreeMap<>();
        listing.nodes().forEach((path, node) -> {
            boolean isOfOneArchive =
                    path.indexOf('/') < 0 && node.type() == 'd' && !path.equals(HostileUnpacking.OUTSIDE);
            if (!isOfOneArchive
                    && !path.equals(HostileUnpacking.RESULTS)
                    && !path.contains("/" + HostileUnpacking.TREE)) {
                nodes.put(path, node);
            }
        });
        return new TreeListing(nodes);
    }

    private void run(Path base, List<String> prefix) throws IOException, InterruptedException {
        // The user may be unable to read the classes and libraries where they are.
        Path libraries = Files.createDirectory(temporary.resolve("libraries"));
        List<String> classPath = new ArrayList<>();
        int number = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            String name = entry.substring(entry.lastIndexOf('/') + 1);
            if (!entry.isEmpty() && Files.isDirectory(Path.of(entry))
                    || name.matches("(jna|zstd-jni|commons-|jspecify|jpull).*")) {
                Path copy = libraries.resolve(number++ + "-" + name);
                assertThat(runs("cp", "-r", entry, copy.toString())).as(entry).isTrue();
                classPath.add(copy.toString());
            }
        }
        assertThat(runs("chmod", "-R", "a+rX", libraries.toString())).isTrue();
        Path scratch = Files.createDirectory(temporary.resolve("scratch"));
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx96m",
                "-Djava.io.tmpdir=" + scratch,
                "-Djna.tmpdir=" + scratch,
                "-cp",
                String.join(File.pathSeparator, classPath),
                HostileUnpacking.class.getName(),
                base.toString()));
        Path log = temporary.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // it is not installed
        }
    }
}
