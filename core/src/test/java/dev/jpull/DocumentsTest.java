// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.Vectors;
import dev.jpull.testdata.hostile.HostileArchive;
import dev.jpull.testdata.hostile.HostileArchives;
import dev.jpull.testdata.hostile.HostileImageArchives;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents of the repository say what is in its code and data. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern QUIRK = Pattern.compile("\\b[QJ]-[A-Z]+-[A-Z0-9]+\\b");

    private static final Pattern MARKED = Pattern.compile("(?s)// begin\n(.*?) +// end");

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }

    private static Set<String> all(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(matcher.groupCount()));
        }
        return found;
    }

    @Test
    void thePageOfDeviationsHasThoseOfTheData() throws IOException {
        try (InputStream in = Vectors.class.getResourceAsStream("deviations.json")) {
            String data = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all(QUIRK, read("docs/deviations.md")))
                    .isEqualTo(all(Pattern.compile("\"quirk\": \"([^\"]+)\""), data));
        }
    }

    @Test
    void everySectionThatTheCodeNamesExists() throws IOException {
        Set<String> sections = all(Pattern.compile("(?m)^##+ ([0-9.]*[0-9])"), read("docs/containerd.md"));
        Pattern reference = Pattern.compile("docs/containerd.md[\\s*]+sections?[\\s*]+([0-9][0-9.]*[0-9]|[0-9])");
        Set<String> named = new TreeSet<>();
        for (String module : Set.of("core", "pull-cli")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    named.addAll(all(reference, Files.readString(file)));
                }
            }
        }
        assertThat(named).isNotEmpty();
        assertThat(sections).containsAll(named);
    }

    @Test
    void thePageOfHostileArchivesHasThoseOfTheTests() throws IOException {
        assertThat(read("docs/hostile-archives.md"))
                .endsWith(HostileArchives.all("/outside").stream()
                        .map(DocumentsTest::row)
                        .collect(Collectors.joining()));
    }

    @Test
    void thePageOfHostileArchivesHasThoseWithImages() throws IOException {
        assertThat(read("docs/hostile-archives.md"))
                .contains(HostileImageArchives.all().stream()
                        .map(archive -> "| " + archive.id() + " | " + archive.attack() + " | "
                                + (archive.mention().isEmpty() ? "imported" : "refused") + " |\n")
                        .collect(Collectors.joining()));
    }

    private static String row(HostileArchive archive) {
        return String.join(
                        " | ",
                        "| " + archive.id(),
                        archive.source(),
                        archive.attack(),
                        String.valueOf(archive.layers().size()),
                        archive.outcome() instanceof HostileArchive.Refused ? "refused" : "contained")
                + " |\n";
    }

    /** A call that makes a finding begins with its code. */
    private static final Pattern CODE =
            Pattern.compile("\\b(?:error|warning|info|errorAt|errorThatIsTaken|report|nearest|differs|deprecated"
                    + "|InvalidException|Finding\\.Severity\\.[A-Z]+,)\\(?\\s*\"([a-z0-9]+(?:-[a-z0-9]+)*)\"");

    @Test
    void thePageOfTheChecksHasTheCodesOfTheCode() throws IOException {
        Set<String> codes = new TreeSet<>();
        StringBuilder code = new StringBuilder();
        for (String name : Set.of(
                "hosts",
                "diagnose",
                "toml",
                "yaml",
                "json",
                "dialect",
                "lint",
                "k3s",
                "containers",
                "docker",
                "convert")) {
            Path directory = ROOT.resolve("core/src/main/java/dev/jpull").resolve(name);
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    code.append(Files.readString(file));
                }
            }
        }
        codes.addAll(all(CODE, code.toString()));
        assertThat(codes).hasSizeGreaterThan(60);
        Set<String> documented = all(Pattern.compile("(?m)^\\| `([a-z0-9-]+)` \\|"), read("docs/checks.md"));
        assertThat(documented).containsAll(codes);
        assertThat(documented).allMatch(each -> code.indexOf('"' + each + '"') >= 0);
    }

    @Test
    void everyFileForAChangeExists() throws IOException {
        Set<String> files = all(Pattern.compile("`([a-zA-Z/-]+/[a-zA-Z]+\\.java)`"), read("core/README.md"));
        assertThat(files).hasSizeGreaterThan(10);
        assertThat(files)
                .allMatch(file -> Files.exists(ROOT.resolve(file))
                        || Files.exists(
                                ROOT.resolve("core/src/main/java/dev/jpull").resolve(file)));
    }

    @Test
    void theExampleIsCodeThatCompiles() throws IOException {
        String code = read("core/src/test/java/dev/jpull/ReadmeExample.java");
        String example = code.substring(code.indexOf("// begin\n") + 9, code.indexOf("        // end"));
        assertThat(read("core/README.md")).contains(example.indent(-8));
    }

    /** Each example of the page is a part between marks of a class whose name ends in Example. */
    @Test
    void theExamplesOfThePageOnEmbeddingAreCodeThatCompiles() throws IOException {
        Set<String> marked = new TreeSet<>();
        try (Stream<Path> files = Files.list(ROOT.resolve("core/src/test/java/dev/jpull"))) {
            for (Path file : files.filter(each -> each.toString().endsWith("Example.java"))
                    .toList()) {
                Matcher part = MARKED.matcher(Files.readString(file));
                while (part.find()) {
                    marked.add(part.group(1).indent(-8));
                }
            }
        }
        Set<String> examples = all(Pattern.compile("(?ms)^```java\n(.*?)^```"), read("docs/embedding.md"));
        assertThat(examples).isNotEmpty();
        assertThat(marked).containsAll(examples);
    }
}
