// SPDX-License-Identifier: Apache-2.0
package dev.jpull.toml;

import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.lint.Spelling;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** Reads the settings of one table. What has the wrong type is found, and read as null. For use by one thread. */
public final class TableReader {
    private final TomlFile file;
    private final List<String> path;
    private final TomlTable table;
    private final Findings findings;
    private final String refusal;
    private final SourcePosition position;

    /**
     * Reads a table.
     *
     * @param path the key of the table, empty for the root
     * @param refusal what containerd does with a file that has a wrong value
     */
    public TableReader(TomlFile file, List<String> path, TomlTable table, Findings findings, String refusal) {
        this(file, path, table, findings, refusal, file.positionOf(path));
    }

    private TableReader(
            TomlFile file,
            List<String> path,
            TomlTable table,
            Findings findings,
            String refusal,
            SourcePosition position) {
        this.file = file;
        this.path = path;
        this.table = table;
        this.findings = findings;
        this.refusal = refusal;
        this.position = position;
    }

    /**
     * Reads a whole file.
     *
     * @param refusal what the program that the file is for does with a wrong value
     */
    public static TableReader ofRoot(TomlFile file, Findings findings, String refusal) {
        return new TableReader(file, List.of(), file.root(), findings, refusal);
    }

    /** The same table, of which containerd does something else with a wrong value. */
    public TableReader refusedAs(String otherRefusal) {
        return new TableReader(file, path, table, findings, otherRefusal, position);
    }

    /** The last part of the table's key. */
    public String name() {
        return path.isEmpty() ? "" : path.get(path.size() - 1);
    }

    public boolean isRoot() {
        return path.isEmpty();
    }

    /** The keys in the order of the file. */
    public Set<String> keys() {
        return table.keySet();
    }

    @Nullable
    public Object get(String key) {
        return table.get(List.of(key));
    }

    public boolean has(String key) {
        return get(key) != null;
    }

    public SourcePosition position() {
        return position;
    }

    public SourcePosition positionOf(String key) {
        return file.positionOf(table, key);
    }

    /** Where an item of the array at a key is; the key itself when there is no such item. */
    public SourcePosition positionOf(String key, int index) {
        return get(key) instanceof TomlArray array && index < array.size()
                ? file.positionOf(array, index)
                : positionOf(key);
    }

    /** Where an item of an array is. */
    public SourcePosition positionOf(TomlArray array, int index) {
        return file.positionOf(array, index);
    }

    public List<String> pathOf(String key) {
        return Stream.concat(path.stream(), Stream.of(key)).toList();
    }

    @Nullable
    public String text(String key, String remedy) {
        if (get(key) instanceof String text) {
            return text;
        }
        wrongType(key, "a string", remedy);
        return null;
    }

    @Nullable
    public Boolean flag(String key) {
        if (get(key) instanceof Boolean flag) {
            return flag;
        }
        wrongType(key, "true or false", "write it without quotes: " + key + " = true");
        return null;
    }

    /** The items of an array of strings. */
    @Nullable
    public List<String> texts(String key, String remedy) {
        if (!(get(key) instanceof TomlArray array)) {
            wrongType(key, "an array of strings", remedy);
            return null;
        }
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof String)) {
                errorAt(
                        "type",
                        positionOf(array, i),
                        "\"" + key + "\" has an item that is not a string",
                        "put every item in quotes");
                return null;
            }
        }
        return TomlFile.items(array).stream().map(String.class::cast).toList();
    }

    /** A string, or the items of an array of strings. */
    @Nullable
    public List<String> textOrTexts(String key, String wanted, String remedy) {
        Object value = get(key);
        if (value instanceof String single) {
            return List.of(single);
        }
        if (value instanceof TomlArray) {
            return texts(key, remedy);
        }
        wrongType(key, wanted, remedy);
        return null;
    }

    /**
     * A path that a setting names; null when no file can have such a name.
     *
     * @param directory what it is relative to
     */
    @Nullable
    public Path path(String key, Path directory, String text) {
        try {
            return directory.resolve(text);
        } catch (InvalidPathException e) {
            error(
                    "path",
                    key,
                    "\"" + text + "\" cannot be the name of a file: " + e.getReason(),
                    "correct the path; for letters beyond ASCII, run in a UTF-8 locale");
            return null;
        }
    }

    /** Whether a key is a table or an array that has tables. */
    public boolean isTables(String key) {
        return get(key) instanceof TomlTable
                || get(key) instanceof TomlArray array && !array.isEmpty() && array.get(0) instanceof TomlTable;
    }

    @Nullable
    public TableReader table(String key, String remedy) {
        if (get(key) instanceof TomlTable inner) {
            return new TableReader(file, pathOf(key), inner, findings, refusal, positionOf(key));
        }
        wrongType(key, "a table", remedy);
        return null;
    }

    /** The tables of an array of tables; none of them when one item is something else. */
    public List<TableReader> tables(String key, String remedy) {
        if (!(get(key) instanceof TomlArray array)) {
            wrongType(key, "an array of tables", remedy);
            return List.of();
        }
        List<TableReader> tables = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof TomlTable inner)) {
                errorAt("type", positionOf(array, i), "\"" + key + "\" has an item that is not a table", remedy);
                return List.of();
            }
            tables.add(new TableReader(file, pathOf(key), inner, findings, refusal, positionOf(array, i)));
        }
        return tables;
    }

    /** A duration of Go that is not negative; an empty text says nothing. */
    @Nullable
    public Duration timeout(String key) {
        String text = text(key, "write " + key + " = \"5s\"");
        if (text == null || text.isEmpty()) {
            return null;
        }
        Optional<Duration> parsed = GoDuration.parse(text);
        if (parsed.isEmpty()) {
            error("duration", key, "\"" + text + "\" is not a duration", "write it with a unit, such as 5s or 1m500ms");
        } else if (parsed.get().isNegative()) {
            findings.error(
                    "negative-timeout",
                    positionOf(key),
                    "the timeout \"" + text + "\" is negative, so that every attempt would fail",
                    "takes it, and fails every attempt at once",
                    "write a positive duration such as 5s");
            return null;
        }
        return parsed.orElse(null);
    }

    /** Adds findings that another reader made of a part of this table. */
    public void report(List<Finding> others) {
        findings.addAll(others);
    }

    public void error(String code, String key, String message, String remedy) {
        errorAt(code, positionOf(key), message, remedy);
    }

    public void errorAt(String code, SourcePosition position, String message, String remedy) {
        findings.error(code, position, message, refusal, remedy);
    }

    /** Something that containerd accepts although it cannot be meant. */
    public void errorThatIsTaken(
            String code, SourcePosition position, String message, String containerd, String remedy) {
        findings.error(code, position, message, containerd, remedy);
    }

    public void warning(String code, String key, String message, String containerd, String remedy) {
        findings.warning(code, positionOf(key), message, containerd, remedy);
    }

    /** A key that nothing reads. */
    public void unknown(String key, List<String> known) {
        String kind = get(key) instanceof TomlTable ? "table" : "key";
        warning(
                "unknown-key",
                key,
                "unknown " + kind + " \"" + key + "\" is ignored",
                Findings.IGNORED,
                "remove it or correct it" + Spelling.suggestion(key, known));
    }

    /** A key in the wrong letter case. */
    public void warnOfCase(String key, String known) {
        if (!key.equals(known)) {
            warning(
                    "letter-case",
                    key,
                    "\"" + key + "\" is not in lower case",
                    "compares it in any letter case in one place and exactly in another, so that a part of it is lost",
                    "write " + known);
        }
    }

    /** A value of the wrong type. */
    public void wrongType(String key, String wanted, String remedy) {
        error("type", key, "\"" + key + "\" is not " + wanted, remedy);
    }
}
