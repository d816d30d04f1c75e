// SPDX-License-Identifier: Apache-2.0
package dev.jpull.toml;

import dev.jpull.file.RegularFile;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/** A TOML file with the positions of its keys and items. */
public final class TomlFile {
    /** How much a file may set. Ten such files take the parser some seconds and some ten MB. */
    private static final int MAX_SETTINGS = 128 << 10;

    private static final int MAX_ERRORS = 20;
    private static final Pattern LINE = Pattern.compile("(?<=line )[0-9]{1,9}");

    private final Path path;
    private final TomlLines lines;
    private final TomlParseResult toml;

    private final boolean tooLarge;

    private TomlFile(Path path, TomlLines lines, TomlParseResult toml, boolean tooLarge) {
        this.path = path;
        this.lines = lines;
        this.toml = toml;
        this.tooLarge = tooLarge;
    }

    /**
     * Parses a text; syntax errors become findings.
     *
     * @param path where the text came from
     * @param containerd what containerd does with a file of this kind that it cannot read
     */
    public static TomlFile parse(Path path, String text, String containerd, Findings findings) {
        TomlLines lines = TomlLines.of(text);
        if (lines.text().length() > MAX_SETTINGS) {
            findings.error(
                    "too-large",
                    SourcePosition.of(path),
                    "it has more than " + MAX_SETTINGS
                            + " characters besides comments and blank lines, which is the limit",
                    containerd,
                    "remove what does not configure registries, or split it");
            return new TomlFile(path, lines, Toml.parse(""), true);
        }
        TomlFile file = new TomlFile(path, lines, Toml.parse(lines.text(), TomlVersion.V1_0_0), false);
        List<TomlParseError> errors = file.toml.errors();
        for (TomlParseError error : errors.subList(0, Math.min(errors.size(), MAX_ERRORS))) {
            SourcePosition position = file.at(error.position());
            String message = LINE.matcher(String.valueOf(error.getMessage()))
                    .replaceAll(number -> String.valueOf(lines.number(Integer.parseInt(number.group()))));
            findings.error(
                    "syntax", position, "not valid TOML: " + message, containerd, file.syntaxRemedy(position, message));
        }
        if (errors.size() > MAX_ERRORS) {
            findings.error(
                    "syntax",
                    SourcePosition.of(path),
                    "not valid TOML at " + (errors.size() - MAX_ERRORS) + " more places",
                    containerd,
                    "correct the first ones, and check again");
        }
        return file;
    }

    /**
     * The text of a file.
     *
     * @param maxSize how many bytes it may have
     * @throws IOException if it cannot be read: it is no regular file, larger, or not UTF-8, among others
     */
    public static String readText(Path file, int maxSize) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(RegularFile.read(file, maxSize)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FileSystemException(file.toString(), null, "it is not UTF-8 text");
        }
    }

    /** The items of an array. */
    public static List<Object> items(TomlArray array) {
        return IntStream.range(0, array.size()).mapToObj(array::get).toList();
    }

    public Path path() {
        return path;
    }

    public TomlTable root() {
        return toml;
    }

    public boolean hasErrors() {
        return tooLarge || toml.hasErrors();
    }

    @Nullable
    public Object get(List<String> key) {
        return toml.get(key);
    }

    /** Whether there is a value at a key. */
    public boolean contains(List<String> key) {
        return toml.get(key) != null;
    }

    /** Whether the value at a key is a table. */
    public boolean isTable(List<String> key) {
        return toml.get(key) instanceof TomlTable;
    }

    /** The keys of the table at a key; empty when there is no table. */
    public Set<String> keys(List<String> key) {
        return toml.get(key) instanceof TomlTable table ? table.keySet() : Set.of();
    }

    /** Where a key is; the whole file for the root. */
    public SourcePosition positionOf(List<String> key) {
        return key.isEmpty() ? SourcePosition.of(path) : at(toml.inputPositionOf(key));
    }

    /** Where a key of a table is, which may be one in an array of tables. */
    public SourcePosition positionOf(TomlTable table, String key) {
        return at(table.inputPositionOf(List.of(key)));
    }

    /** Where an item of an array is. */
    public SourcePosition positionOf(TomlArray array, int index) {
        return at(array.inputPositionOf(index));
    }

    /** Where the array at a key has a text, in any letter case; nowhere when there is no array. */
    public List<SourcePosition> positionsOf(List<String> key, String item) {
        return toml.get(key) instanceof TomlArray array
                ? IntStream.range(0, array.size())
                        .filter(i -> array.get(i) instanceof String text && text.equalsIgnoreCase(item))
                        .mapToObj(i -> positionOf(array, i))
                        .toList()
                : List.of();
    }

    /**
     * Whether a table has a header line of its own, which is all that containerd looks for (docs/containerd.md section
     * 3.1).
     */
    public boolean hasHeader(List<String> key) {
        SourcePosition position = positionOf(key);
        String line = lines.line(position.line());
        return position.column() > 0 && position.column() <= line.length() && line.charAt(position.column() - 1) == '[';
    }

    private SourcePosition at(@Nullable TomlPosition position) {
        return position == null
                ? SourcePosition.of(path)
                : new SourcePosition(path, lines.number(position.line()), position.column());
    }

    /** The remedy for the most frequent mistake at a position. */
    private String syntaxRemedy(SourcePosition position, String message) {
        String line = lines.line(position.line());
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
            return "write straight quotes: an editor or a web page has replaced them with typographic ones";
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
