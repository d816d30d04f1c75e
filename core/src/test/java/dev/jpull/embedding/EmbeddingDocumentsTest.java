// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the documents print of the Maven plugin and of work for other processes is the code that the tests build and run. */
class EmbeddingDocumentsTest {
    private static final Path BUILDS = Path.of("src/it");
    private static final Path EXAMPLES = Path.of("src/test/java/dev/jpull/embedding");
    private static final Pattern FILE = Pattern.compile("(?ms)^```[a-z]+ (\\S+)\n(.*?)^```");
    private static final Pattern MARKED = Pattern.compile("(?s)// begin\n(.*?)// end");

    private static Map<String, String> printedFiles() throws IOException {
        Map<String, String> files = new TreeMap<>();
        FILE.matcher(Files.readString(Path.of("../docs/embedding.md")))
                .results()
                .forEach(file -> files.put(file.group(1), file.group(2)));
        return files;
    }

    @Test
    void thePluginIsPrintedAsItIsBuilt() throws IOException {
        for (Map.Entry<String, String> file : printedFiles().entrySet()) {
            Path example = EXAMPLES.resolve(file.getKey());
            String code = Files.exists(example)
                    ? MARKED.matcher(Files.readString(example))
                            .results()
                            .map(part -> part.group(1))
                            .findFirst()
                            .orElseThrow()
                    : Files.readString(BUILDS.resolve("plugin").resolve(file.getKey()));
            assertThat(file.getValue()).as(file.getKey()).isEqualTo(code);
        }
        assertThat(printedFiles())
                .containsOnlyKeys(
                        "ImageDigests.java",
                        "PullWork.java",
                        "pom.xml",
                        "src/main/java/dev/jpull/example/Engines.java",
                        "src/main/java/dev/jpull/example/PullMojo.java",
                        "src/main/resources/META-INF/plexus/components.xml");
    }

    @Test
    void thePluginUsesThisVersionOfTheLibrary() throws IOException {
        Pattern version = Pattern.compile("<artifactId>jpull-(?:core|parent)</artifactId>\\s*<version>(.*?)</version>");
        assertThat(version.matcher(Files.readString(BUILDS.resolve("plugin/pom.xml")))
                        .results()
                        .map(found -> found.group(1)))
                .containsExactly(version.matcher(Files.readString(Path.of("pom.xml")))
                        .results()
                        .map(found -> found.group(1))
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    void theReadmeShowsPartsOfThePluginAndOfTheBuildOfOneModule() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        String section = readme.substring(readme.indexOf("### In a Maven plugin"));
        assertThat(Files.readString(BUILDS.resolve("plugin/src/main/java/dev/jpull/example/PullMojo.java")))
                .contains(block(section, "java").indent(8));
        assertThat(Files.readString(BUILDS.resolve("one-module/pom.xml")))
                .contains(block(section, "xml").indent(6));
        assertThat(section).contains(OneModuleScene.printed());
    }

    private static String block(String text, String language) {
        String start = "```" + language + "\n";
        int begin = text.indexOf(start) + start.length();
        return text.substring(begin, text.indexOf("```", begin));
    }
}
