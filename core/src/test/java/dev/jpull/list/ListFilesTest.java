// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.image.ImageReference;
import dev.jpull.list.ImageSettings.Platforms;
import dev.jpull.list.ImageSettings.Referrers;
import dev.jpull.manifest.ReferrerSelection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListFilesTest {
    private static final String DIGEST = "sha256:" + "ab".repeat(32);

    @TempDir
    Path directory;

    private List<ListEntry> read(String name, String text) throws IOException {
        return ListFiles.read(Files.writeString(directory.resolve(name), text));
    }

    private static List<String> named(List<ListEntry> entries) {
        return entries.stream()
                .flatMap(entry -> entry.images(List.of()).stream())
                .map(ImageReference::toString)
                .toList();
    }

    @Test
    void aTextHasAReferenceALine() throws IOException {
        String text = "\uFEFF# all that we need\r\n\r\nbusybox # small\r\n\tregistry.example:5000/app:1.2\n"
                + "registry.example/a#b@" + DIGEST + "\n";
        assertThatThrownBy(() -> read("images.txt", text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("images.txt:5:1: ")
                .hasMessageContaining("a#b");
        assertThat(named(read("images.txt", text.replace("a#b", "a"))))
                .containsExactly(
                        "docker.io/library/busybox:latest",
                        "registry.example:5000/app:1.2",
                        "registry.example/a@" + DIGEST);
    }

    @Test
    void yamlSaysImagesAndDefaults() throws IOException {
        List<ListEntry> entries = read("images.yaml", """
                defaults: { platforms: [linux/amd64, linux/arm64], referrers: true }
                images:
                  - busybox
                  - image: registry.example/tool:2
                    platforms: all
                    referrers: false
                  - registry: registry.example:5000
                    repository: team/app
                    tags: [v1.2.3, "1.*", 1.10]
                    regex: "^v\\\\d+$"
                    semver: ">=1.4 <2.0 || ^3"
                    newest: 5
                    digests: ["%s"]
                    rename: mirror.example/app
                    referrers: [application/spdx+json]
                """.formatted(DIGEST));
        assertThat(named(entries))
                .containsExactly(
                        "docker.io/library/busybox:latest",
                        "registry.example/tool:2",
                        "registry.example:5000/team/app:v1.2.3",
                        "registry.example:5000/team/app:1.10",
                        "registry.example:5000/team/app@" + DIGEST);
        assertThat(Objects.requireNonNull(entries.get(0).settings().platforms()).chosen())
                .hasSize(2);
        assertThat(entries.get(0).settings().referrers()).isEqualTo(new Referrers(ReferrerSelection.ALL));
        assertThat(entries.get(1).settings().platforms()).isEqualTo(new Platforms(true, List.of()));
        assertThat(entries.get(1).settings().referrers()).isEqualTo(new Referrers(null));
        ListEntry last = entries.get(2);
        assertThat(last.tags().newest()).isEqualTo(5);
        assertThat(last.tags().describe()).isEqualTo("1.*, regex ^v\\d+$, semver >=1.4 <2.0 || ^3");
        assertThat(last.settings().referrers())
                .isEqualTo(new Referrers(new ReferrerSelection(Set.of("application/spdx+json"))));
        assertThat(Objects.requireNonNull(last.settings().rename())
                        .apply(last.repository().name() + ":1"))
                .hasValueSatisfying(renamed -> assertThat(renamed).isEqualTo("mirror.example/app:1"));
        assertThat(last.position().toString()).endsWith("images.yaml:7:5");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            images: [{repository: a, tags: [x], color: red}]              | 1:37: "color" means nothing
            imagse: []                                                    | 1:1: "imagse" means nothing
            {registry.example: {images: {app: ["1"]}}}                    | 1:2: this looks like a list of skopeo sync
            images: ["docker://h.example/a:1"]                            | "docker://h.example/a:1" is not an image (
            images: 5                                                     | 1:9: "images" is no list
            images: [{repository: a, tags: [x], username: u}]             | 1:37: "username": a list holds no credentials
            images: [{repository: a, tags: [x], auth_token: u}]           | a list holds no credentials
            images: [{registry: "u:secret@h.example", repository: a, tags: [x]}] | a user name or password before the registry
            images: ["https://u:secret@h.example/a:1"]                    | a user name or password before the registry
            images: ["u:secret@h.example/a:1"]                            | a user name or password before the registry
            images: [{repository: a}]                                     | says no tags
            images: [{tags: [a]}]                                         | names no repository
            images: [{repository: "a:1", tags: [x]}]                      | has a tag or digest
            images: [{registry: nohost, repository: a, tags: [x]}]        | is not a registry
            images: [{repository: a, tags: ["-x"]}]                       | 1:33: "-x" is not a tag
            images: [{repository: a, tags: []}]                           | is empty
            images: [{repository: a, semver: "banana"}]                   | not a range of versions
            images: [{repository: a, regex: "(x+x+)+y"}]                    | too many steps
            images: [{repository: a, newest: -1}]                         | is not a number
            images: [{repository: a, digests: [x]}]                       | is not a digest
            images: [{repository: a, tags: x, platforms: [a/b/c/d]}]      | write it like linux/arm64
            images: [{repository: a, tags: x, referrers: [yes]}]          | no type of an artifact
            images: [{repository: a, tags: x, rename: "a="}]              | lacks a name
            images: [{image: "a:1", tags: x}]                             | "image" excludes "tags"
            images: [{repository: a, tags: x, tags: y}]                   | is there twice
            images: [{repository: a, tags: *x}]                           | has no anchor
            images: [!!java.net.URL [x]]                                  | the tag
            images: [                                                     | not valid YAML
            images: "a                                                    | not valid YAML
            """)
    void aMistakeIsReportedWithItsPlace(String text, String message) {
        assertThatThrownBy(() -> read("l.yaml", text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("l.yaml:")
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user:secret@registry.example/x:1",
                "user:secret@registry.example/x:1",
                "user:sec/secret@registry.example/x:1",
                "login user:secret@registry.example/x:1",
                "user:secret@registry.example/x@sha256:ab"
            })
    void aPasswordInALineIsNotRepeated(String line) {
        assertThatThrownBy(() -> read("l.txt", "a:1\n" + line + "\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("l.txt:2:1: there is a user name or password before the registry")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aliasesStandForWhatTheyName() throws IOException {
        assertThat(named(read("l.yml", "images:\n- {repository: a, tags: &t [x, y]}\n- {repository: b, tags: *t}\n")))
                .hasSize(4);
    }

    @Test
    void aliasesThatMultiplyAreRefused() {
        StringBuilder text = new StringBuilder("images:\n- &a0 [a,a,a,a,a,a,a,a,a,a]\n");
        for (int i = 1; i < 12; i++) {
            text.append("- &a")
                    .append(i)
                    .append(" [")
                    .append(("*a" + (i - 1) + ",").repeat(10))
                    .append("]\n");
        }
        assertThatThrownBy(() -> read("l.yaml", text.toString()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("more than 1000000 parts");
    }

    @Test
    void anAliasOfItselfIsRefused() {
        assertThatThrownBy(() -> read("l.yaml", "images: &a [*a]\n")).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void deepNestingIsRefused() {
        assertThatThrownBy(() -> read("l.yaml", "images: " + "[".repeat(1_000_000)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("nested more than");
        assertThatThrownBy(() -> read("l.yaml", "images:\n" + "- ".repeat(1_000_000)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("nested more than");
    }

    @Test
    void yamlInATextIsReportedAsSuch() {
        assertThatThrownBy(() -> read("l.txt", "images:\n- registry.example/app:1\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("l.txt:1:1: \"images:\" is YAML: give the file a name that ends in .yaml")
                .hasMessageContaining("l.txt:2:1: \"- registry.example/app:1\" is YAML");
    }

    @Test
    void aFifoIsRefusedAndStandardInputIsNamed() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> ListFiles.read(fifo))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("it is a fifo")
                .hasMessageContaining("pipe the list into standard input and name it -");
    }

    @Test
    void aHugeFileIsRefusedWithoutReadingIt() throws IOException {
        Path huge = directory.resolve("huge.txt");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(1L << 33);
        }
        assertThatThrownBy(() -> ListFiles.read(huge))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("which is the limit");
    }

    @Test
    void whatCannotBeReadIsRefused() throws IOException {
        assertThatThrownBy(() -> ListFiles.read(directory)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> ListFiles.read(directory.resolve("none")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no such file");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0, 1});
        assertThatThrownBy(() -> ListFiles.read(binary)).hasMessageContaining("not UTF-8");
    }

    @Test
    void onlyTheFirstMistakesAreShown() {
        assertThatThrownBy(() -> read("l.txt", "A b\n".repeat(10_000)))
                .satisfies(e -> assertThat(String.valueOf(e.getMessage()).lines())
                        .hasSize(21)
                        .last()
                        .asString()
                        .contains("9980 more mistakes"));
    }

    @ParameterizedTest
    @CsvSource({"'images: [a]',1", "'# c\n---\nimages: [a]',1", "'- a\n- b',2", "'a\nb',2", "'{images: [a]}',1"})
    void yamlIsToldByItsFirstLine(String text, int images) {
        assertThat(ListFiles.read(
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), Path.of("standard input")))
                .hasSize(images);
    }
}
