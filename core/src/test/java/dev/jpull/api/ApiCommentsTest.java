// SPDX-License-Identifier: Apache-2.0
package dev.jpull.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Whatever is exported says since which version, and where null is allowed. */
class ApiCommentsTest {
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Pattern COMMENT_OF_A_PACKAGE = Pattern.compile("(?s)/\\*\\*(.*?)\\*/\\s*@NullMarked");
    /** The comment before a type that is not nested, which begins its line. */
    private static final Pattern COMMENT_OF_A_TYPE = Pattern.compile(
            "(?sm)^/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:^@[^\\n]*\\s*)*^public [^;{]*?\\b(?:class|interface|record|enum) ");
    /** Shorter texts say no more than the name of the package. */
    private static final int SHORTEST_TEXT_OF_A_PACKAGE = 80;

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String name : ExportedTypes.packages()) {
            try (Stream<Path> files = Files.list(SOURCES.resolve(name.replace('.', '/')))) {
                files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
            }
        }
        return sources;
    }

    @Test
    void everyTypeAndPackageSaysSinceWhen() throws IOException {
        List<String> without = new ArrayList<>();
        int checked = 0;
        for (Path source : sources()) {
            String text = Files.readString(source);
            boolean ofPackage = source.endsWith("package-info.java");
            if (!ofPackage && !text.contains("\npublic ")) {
                continue; // not visible outside of its package
            }
            checked++;
            Matcher comment = (ofPackage ? COMMENT_OF_A_PACKAGE : COMMENT_OF_A_TYPE).matcher(text);
            if (!comment.find()
                    || !comment.group(1).contains("@since ")
                    || ofPackage && comment.group(1).length() < SHORTEST_TEXT_OF_A_PACKAGE) {
                without.add(source.toString());
            }
        }
        assertThat(checked).isGreaterThan(50);
        assertThat(without)
                .as("types without @since, and packages without it or without a text")
                .isEmpty();
    }

    /** The build makes the documentation of the API, and fails when a comment in these packages is not complete. */
    @Test
    void theBuildChecksTheCommentsOfTheExportedPackages() throws IOException {
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("-Xdoclint/package:" + String.join(",", ExportedTypes.packages()) + "<");
    }

    @Test
    void nullIsAllowedOnlyWhereItIsAnnotated() throws Exception {
        for (String name : ExportedTypes.packages()) {
            assertThat(Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class))
                    .as(name)
                    .isTrue();
        }
    }
}
