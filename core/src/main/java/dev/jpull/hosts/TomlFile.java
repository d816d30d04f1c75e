// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/** A TOML file, in which everything knows its place. */
final class TomlFile {
    private final Path path;
    private final List<String> lines;
    private final TomlParseResult toml;

    private TomlFile(Path path, String text, TomlParseResult toml) {
        this.path = path;
        this.lines = text.lines().toList();
        this.toml = toml;
    }

    /**
     * Reads a text; what is not TOML is found.
     *
     * @param path where the text came from
     * @param containerd what containerd does with a file of this kind that it cannot read
     */
    static TomlFile parse(Path path, String text, String containerd, Findings findings) {
        TomlFile file = new TomlFile(path, text, Toml.parse(text, TomlVersion.V1_0_0));
        for (TomlParseError error : file.toml.errors()) {
            SourcePosition position = file.at(error.position());
            findings.error(
                    "syntax",
                    position,
                    "not valid TOML: " + error.getMessage(),
                    containerd,
                    file.syntaxRemedy(position, String.valueOf(error.getMessage())));
        }
        return file;
    }

    /**
     * The text of a file.
     *
     * @param maxSize how many bytes it may have
     * @throws ConfigurationException if it is larger or not UTF-8
     * @throws IOException if it cannot be read
     */
    static String readText(Path file, int maxSize) throws IOException {
        if (Files.isRegularFile(file) && Files.size(file) > maxSize) {
            throw new ConfigurationException(
                    file + " is larger than " + maxSize + " bytes: that is no " + file.getFileName());
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ConfigurationException(file + " is not UTF-8 text: save it as UTF-8", e);
        }
    }

    /** The items of an array. */
    static List<Object> items(TomlArray array) {
        return IntStream.range(0, array.size()).mapToObj(array::get).toList();
    }

    Path path() {
        return path;
    }

    TomlTable root() {
        return toml;
    }

    boolean hasErrors() {
        return toml.hasErrors();
    }

    @Nullable
    Object get(List<String> key) {
        return toml.get(key);
    }

    /** Where a key is; the whole file for the root. */
    SourcePosition positionOf(List<String> key) {
        return key.isEmpty() ? SourcePosition.of(path) : at(toml.inputPositionOf(key));
    }

    /** Where an item of an array is. */
    SourcePosition positionOf(TomlArray array, int index) {
        return at(array.inputPositionOf(index));
    }

    /** Whether a table has a header line of its own, which is all that containerd looks for (spec section 3.1). */
    boolean hasHeader(List<String> key) {
        SourcePosition position = positionOf(key);
        String line = line(position.line());
        return position.column() > 0 && position.column() <= line.length() && line.charAt(position.column() - 1) == '[';
    }

    private String line(int number) {
        return number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
    }

    private SourcePosition at(@Nullable TomlPosition position) {
        return position == null
                ? SourcePosition.of(path)
                : new SourcePosition(path, position.line(), position.column());
    }

    /** What people mostly do wrong at such a place. */
    private String syntaxRemedy(SourcePosition position, String message) {
        String line = line(position.line());
        String from = position.column() >= 1 && position.column() <= line.length()
                ? line.substring(position.column() - 1)
                : "";
        String lower = message.toLowerCase(Locale.ROOT);
        if (message.contains("previously defined")) {
            return "keep one of them";
        }
        if (from.startsWith(",") && from.strip().equals(",")) {
            return "remove the comma: TOML has one setting a line, without a comma at its end";
        }
        if (from.startsWith("“") || from.startsWith("”") || from.startsWith("‘") || from.startsWith("’")) {
            return "write straight quotes: an editor or a web page has made typographic ones of them";
        }
        if (from.startsWith("\uFEFF")) {
            return "save the file as UTF-8 without a byte order mark";
        }
        if (lower.contains("escape sequence")) {
            return "write such a text in single quotes, or each \\ twice";
        }
        if (lower.contains("expected a value")) {
            return from.matches("(?i)(true|false|yes|no|on|off)\\b.*")
                    ? "write true or false, in lower case and without quotes"
                    : "put the text in quotes";
        }
        if (from.startsWith(":")) {
            return line.substring(0, position.column() - 1).contains("[")
                    ? "put the host name in quotes: [host.\"https://mirror.example:5000\"]"
                    : "write key = value: this is TOML, not YAML";
        }
        if (lower.contains("end of line") && lower.contains("expected \"")) {
            return "close the quotes";
        }
        if (lower.contains("expected ]")) {
            return line.stripLeading().startsWith("[")
                    ? "close the brackets"
                    : "put a comma between items, and ] at the end";
        }
        if (message.contains("expected a newline")) {
            return "put a text in quotes, and each setting on a line of its own";
        }
        return "correct this line";
    }
}
