// SPDX-License-Identifier: Apache-2.0
package dev.jpull.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The program in {@code src/test/consumer} and what it is started with: the library as Maven gives it to a program. */
final class ConsumerBuild {
    private static final Path PREPARED = Path.of("target", "consumer");
    private static final List<String> OPTIONAL = List.of("zstd-jni-", "jna-", "bc");

    private ConsumerBuild() {}

    /** The classes of the library, and the libraries that come with it, with those optional ones. */
    static List<Path> library(String... optional) throws IOException {
        List<Path> entries = new ArrayList<>();
        entries.add(Path.of("target", "classes").toAbsolutePath());
        String libraries = Files.readString(PREPARED.resolve("runtime-libraries"));
        for (String name : libraries.strip().split(File.pathSeparator)) {
            Path library = Path.of(name);
            Predicate<String> isIt = library.getFileName().toString()::startsWith;
            if (OPTIONAL.stream().noneMatch(isIt) || Stream.of(optional).anyMatch(isIt)) {
                entries.add(library);
            }
        }
        assertThat(entries).hasSizeGreaterThan(5);
        return entries;
    }

    /** The jars of Jackson 2, with data binding. */
    static List<Path> jackson2() throws IOException {
        return files(PREPARED.resolve("jackson2"));
    }

    /** The jars of OkHttp 4. */
    static List<Path> okHttp4Jars() throws IOException {
        return files(okHttp4());
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(Path::toAbsolutePath).sorted().toList();
        }
    }

    /** The directory with the jars of OkHttp 4. */
    static Path okHttp4() {
        return PREPARED.resolve("okhttp4").toAbsolutePath();
    }

    /** Compiles the program into a directory, as a module, and so against what the module of the library exports. */
    static void compile(Path classes) throws IOException {
        List<Path> modules = new ArrayList<>(library());
        modules.addAll(jackson2());
        Path sources = Path.of("src", "test", "consumer");
        List<String> arguments = new ArrayList<>(
                List.of("--release", "17", "-Xlint:all", "-p", ChildJvm.path(modules), "-d", classes.toString()));
        try (Stream<Path> files = Files.walk(sources)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> arguments.add(file.toString()));
        }
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(status).as("javac " + arguments).isZero();
    }
}
