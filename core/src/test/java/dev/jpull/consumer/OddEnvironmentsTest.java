// SPDX-License-Identifier: Apache-2.0
package dev.jpull.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program pulls in odd environments, each in a process of its own: what a plain pull needs works, and what cannot work says so.
 */
class OddEnvironmentsTest {
    private static final TestImage IMAGE = new ImageFactory(19)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(3_000_000, Compression.GZIP),
                    new Layer(9_000, Compression.NONE));
    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));

    /** Enters a directory whose name is not ASCII, which Java can neither make nor enter in the locale C. */
    private static final String[] IN_LETTERS = {
        "sh", "-c", "d=$(printf 'B\\303\\274cher') && mkdir -p \"$d\" && cd \"$d\" && exec \"$@\"", "sh"
    };

    /** The logging of older runtimes fails in a directory whose name the locale lacks, whatever the program is. */
    private static final int FIRST_THAT_LOGS_THERE = 24;

    private static @TempDir Path shared;
    private static List<Path> classPath;
    private static TestRegistry registry;

    private @TempDir Path temporary;

    @BeforeAll
    static void compileAndServe() throws IOException {
        Path classes = shared.resolve("classes");
        ConsumerBuild.compile(classes);
        classPath = new ArrayList<>(ConsumerBuild.library());
        classPath.add(classes);
        registry = TestRegistry.start().serve("team/app", "1", IMAGE);
        registry.requireToken("user", "secret");
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    /** The Turkish lower case of I is a letter of its own. */
    @Test
    void turkishLettersAndAnOddTimeZone() throws Exception {
        ChildJvm jvm = jvm().with(
                        "-Duser.language=tr",
                        "-Duser.country=TR",
                        "-Duser.timezone=Pacific/Apia",
                        "-Dfile.encoding=ISO-8859-1");
        assertPulls(jvm.withEnvironment(Map.of("LC_ALL", "C.UTF-8")), temporary + "/@ hosts", temporary + "/@");
    }

    @Test
    void theLocaleCAndASmallHeap() throws Exception {
        ChildJvm jvm = jvm().with("-Xmx32m", "-Duser.timezone=No/Where");
        assertPulls(jvm.withEnvironment(Map.of("LC_ALL", "C")), temporary.toString(), temporary + "/store");
    }

    @Test
    void aHomeDirectoryWhoseNameTheLocaleLacks() throws Exception {
        ChildJvm jvm = jvm().withPrefix("sh", "-c", "HOME=/$(printf 'B\\303\\274cher') exec \"$@\"", "sh")
                .withEnvironment(Map.of("LC_ALL", "C"));
        assertThat(pull(jvm, temporary.toString()).lines())
                .singleElement()
                .asString()
                .startsWith("failed: CONFIGURATION: HOME is \"/B")
                .contains("which cannot be the name of a file", "with LC_ALL=C.UTF-8");
    }

    /** Java takes the working directory for one with another name, which it would make. */
    @Test
    void aWorkingDirectoryWhoseNameTheLocaleLacks() throws Exception {
        ChildJvm jvm = jvm().withPrefix(IN_LETTERS).withEnvironment(Map.of("LC_ALL", "C"));
        if (Runtime.version().feature() < FIRST_THAT_LOGS_THERE) {
            assertThat(pull(jvm, temporary.toString(), temporary + "/store").errors())
                    .contains("InvalidPathException", "at java.base/java.io.FilePermission.<clinit>");
            return;
        }
        assertPulls(jvm, temporary.toString(), temporary + "/store");
        List<Path> before = entries();
        assertThat(pull(jvm, temporary.toString(), "relative").lines())
                .singleElement()
                .asString()
                .startsWith(
                        "failed: STORE: relative is relative to the working directory, and there is none with the name")
                .endsWith("with LC_ALL=C.UTF-8");
        assertThat(entries()).isEqualTo(before);
    }

    @Test
    void aWorkingDirectoryWithLetters() throws Exception {
        ChildJvm jvm = jvm().withPrefix(IN_LETTERS).withEnvironment(Map.of("LC_ALL", "C.UTF-8"));
        assertPulls(jvm, "hosts", "store");
    }

    /** The runtime has a question mark for the home directory of a user that the system does not know. */
    @Test
    void noHomeDirectory() throws Exception {
        ChildJvm jvm = jvm().with("-Duser.home=?").withEnvironment(Map.of("HOME", ""));
        assertPulls(jvm, temporary.toString(), temporary + "/store");
        assertThat(temporary.resolve("?")).doesNotExist();
    }

    @Test
    void noDirectoryForTemporaryFiles() throws Exception {
        ChildJvm jvm = jvm().with("-Djava.io.tmpdir=" + temporary.resolve("absent"));
        ChildJvm.Result result = pull(jvm, temporary.toString(), temporary + "/store");
        assertPulls(result.output().lines().toList());
        // Newer runtimes warn of the option.
        assertThat(result.errors().replace("WARNING: java.io.tmpdir directory does not exist\n", ""))
                .isEmpty();
    }

    @Test
    void aUserWithoutPrivilegesWhoseHomeIsReadOnly() throws Exception {
        Path home = Files.createDirectories(temporary.resolve("home"));
        Path own = Files.createDirectories(temporary.resolve("own"));
        List<Path> readable = copy(classPath, temporary.resolve("libraries"));
        for (Path directory : List.of(temporary, own)) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("r-xr-xr-x"));
        ChildJvm jvm = ChildJvm.in(temporary)
                .with("-Djava.io.tmpdir=" + home, "-cp", ChildJvm.path(readable))
                .withEnvironment(Map.of("HOME", home.toString(), "XDG_DATA_HOME", "", "JPULL_STORE", ""));
        if (IS_ROOT) {
            jvm = jvm.withPrefix("setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "--");
        }
        assertPulls(jvm, own.toString(), own + "/store");
        assertThat(pull(jvm, own.toString()).lines())
                .singleElement()
                .asString()
                .startsWith("failed: STORE: cannot use the store " + home + "/.local/share/jpull: ")
                .contains("permission denied: choose another directory for the store");
    }

    /** Another user can read the copies. */
    private static List<Path> copy(List<Path> entries, Path directory) throws Exception {
        Files.createDirectory(directory);
        List<String> command = new ArrayList<>(List.of("cp", "-r", "--"));
        List<Path> copies = new ArrayList<>();
        for (Path entry : entries) {
            if (Files.isDirectory(entry)) {
                Path copy = directory.resolve("classes" + copies.size());
                run("cp", "-r", "--", entry.toString(), copy.toString());
                copies.add(copy);
            } else {
                command.add(entry.toString());
                copies.add(directory.resolve(entry.getFileName()));
            }
        }
        command.add(directory.toString());
        run(command.toArray(String[]::new));
        run("chmod", "-R", "a+rX", directory.toString());
        return copies;
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private List<Path> entries() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.sorted().toList();
        }
    }

    private ChildJvm jvm() {
        return ChildJvm.in(temporary).with("-cp", ChildJvm.path(classPath));
    }

    private static ChildJvm.Result pull(ChildJvm jvm, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("example.consumer.PlainPull", registry.origin()));
        command.addAll(List.of(arguments));
        return jvm.run(command.toArray(String[]::new));
    }

    private static void assertPulls(ChildJvm jvm, String hosts, String store) throws Exception {
        assertPulls(pull(jvm, hosts, store).lines());
    }

    private static void assertPulls(List<String> lines) {
        assertThat(lines)
                .containsExactly(
                        "pulled: " + IMAGE.rootDigest() + " " + IMAGE.chainId("linux/amd64"),
                        "stored: registry.example/team/app:1");
    }
}
