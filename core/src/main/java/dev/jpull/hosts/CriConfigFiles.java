// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.file.Reason;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.lint.Spelling;
import dev.jpull.toml.TableReader;
import dev.jpull.toml.TomlFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlTable;

/**
 * A containerd config.toml with the files that it imports. A plugin's table in an imported file replaces the one
 * before it, as in containerd; the table of the CRI plugin may go by the names of three versions
 * (docs/containerd.md section 9.1).
 */
final class CriConfigFiles {
    /** What containerd does with a configuration that it cannot read. */
    static final String NOT_STARTED = "does not start, or not its CRI plugin";

    private static final int MAX_SIZE = 4 << 20;
    private static final int MAX_FILES = 256;
    /** The limit of characters in the files together: the settings of each file are kept in memory, and parsing takes time. */
    private static final int MAX_CHARACTERS = 8 << 20;

    private static final int NEWEST_VERSION = 4;
    private static final String IMAGES = "io.containerd.cri.v1.images";
    private static final String CRI_2 = "io.containerd.grpc.v1.cri";
    private static final String CRI_1 = "cri";

    private static final List<String> PLUGIN_NAMES = List.of(IMAGES, CRI_2, CRI_1);
    private static final List<String> ROOT_KEYS = List.of(
            "version",
            "imports",
            "plugins",
            "root",
            "state",
            "temp",
            "plugin_dir",
            "grpc",
            "ttrpc",
            "debug",
            "metrics",
            "disabled_plugins",
            "required_plugins",
            "oom_score",
            "cgroup",
            "proxy_plugins",
            "timeouts",
            "stream_processors");

    private final List<TomlFile> files;
    private final Findings findings;
    private long characters;

    private CriConfigFiles(List<TomlFile> files, Findings findings) {
        this.files = files;
        this.findings = findings;
    }

    static CriConfigFiles load(Path file, Findings findings) {
        List<TomlFile> files = new ArrayList<>();
        CriConfigFiles config = new CriConfigFiles(files, findings);
        Set<Path> seen = new LinkedHashSet<>();
        List<Path> pending = new ArrayList<>(List.of(file));
        SourcePosition wantedBy = SourcePosition.of(file);
        while (!pending.isEmpty()) {
            Path next = pending.remove(0).toAbsolutePath().normalize();
            if (seen.add(next)) {
                TomlFile source = config.read(files.isEmpty() ? file : next, wantedBy);
                if (source != null) {
                    files.add(source);
                    pending.addAll(config.imports(source, next));
                    wantedBy = files.get(0).positionOf(List.of("imports"));
                }
            }
            if (seen.size() > MAX_FILES || config.characters > MAX_CHARACTERS) {
                findings.error(
                        "imports",
                        wantedBy,
                        "more than " + MAX_FILES + " files, or " + MAX_CHARACTERS + " characters, are imported",
                        NOT_STARTED,
                        "import fewer files");
                break;
            }
        }
        return config;
    }

    /** Whether a file, without what it imports, has one of some words, or cannot be read. */
    static boolean mentionsAny(Path file, List<String> words) {
        try {
            String text = TomlFile.readText(file, MAX_SIZE);
            return words.stream().anyMatch(text::contains);
        } catch (IOException e) {
            return true; // it is read once more, and reported
        }
    }

    /** Reports keys that are almost a key of the registry configuration; the other keys of containerd are not checked. */
    void reportMisspelled() {
        for (TomlFile file : files) {
            TableReader root = new TableReader(file, List.of(), file.root(), findings, NOT_STARTED);
            for (String key : root.keys()) {
                if (!ROOT_KEYS.contains(key)) {
                    root.unknown(key, ROOT_KEYS);
                }
            }
            TableReader plugins = root.get("plugins") instanceof TomlTable ? root.table("plugins", "") : null;
            if (plugins != null) {
                plugins.keys().forEach(name -> reportMisspelled(plugins, name));
            }
        }
    }

    private static void reportMisspelled(TableReader plugins, String name) {
        if (PLUGIN_NAMES.contains(name) || !(plugins.get(name) instanceof TomlTable table)) {
            return;
        }
        if (name.equals("io")) {
            plugins.warning(
                    "unquoted-plugin",
                    name,
                    "the name of the plugin is not in quotes, so that TOML splits it at its dots",
                    Findings.IGNORED,
                    "write [plugins.\"" + CRI_2 + "\".registry]");
        } else if (!Spelling.suggestion(name, PLUGIN_NAMES).isEmpty()
                || table.get("registry") instanceof TomlTable
                || table.get("mirrors") instanceof TomlTable) {
            plugins.unknown(name, PLUGIN_NAMES);
        }
    }

    /** The tables of the CRI plugin that count, newest name first: what an older one says is migrated over a newer. */
    List<TableReader> plugins() {
        long version = version();
        List<TableReader> plugins = new ArrayList<>();
        add(plugins, IMAGES, true, version);
        add(plugins, CRI_2, version < NEWEST_VERSION, version);
        add(plugins, CRI_1, version < 2, version);
        return plugins;
    }

    private void add(List<TableReader> plugins, String name, boolean counts, long version) {
        TableReader last = null;
        for (TomlFile file : files) {
            TableReader all = new TableReader(file, List.of(), file.root(), findings, NOT_STARTED);
            TableReader tables = all.get("plugins") instanceof TomlTable ? all.table("plugins", "") : null;
            if (tables != null && tables.has(name)) {
                TableReader found = tables.table(name, "write [plugins.\"" + name + "\".registry]");
                last = found == null ? last : found;
            }
        }
        if (last != null && counts) {
            plugins.add(last);
        } else if (last != null && last.has("registry")) {
            findings.warning(
                    "unread-table",
                    last.position(),
                    "a file of version " + version + " does not configure registries below \"" + name + "\"",
                    Findings.IGNORED,
                    "write [plugins.\"" + (version >= NEWEST_VERSION - 1 ? IMAGES : CRI_2) + "\".registry]");
        }
    }

    private long version() {
        if (files.isEmpty()) {
            return NEWEST_VERSION;
        }
        TomlFile first = files.get(0);
        Object version = first.get(List.of("version"));
        if (version == null) {
            return 1;
        }
        if (version instanceof Long number && number >= 0 && number <= NEWEST_VERSION) {
            return number;
        }
        findings.error(
                "version",
                first.positionOf(List.of("version")),
                "version " + version + " of the configuration is not known",
                NOT_STARTED,
                "write a version from 1 to " + NEWEST_VERSION + ", as a number");
        return NEWEST_VERSION;
    }

    private @Nullable TomlFile read(Path file, SourcePosition wantedBy) {
        try {
            String text = TomlFile.readText(file, MAX_SIZE);
            characters += text.length();
            TomlFile read = TomlFile.parse(file, text, NOT_STARTED, findings);
            return read.hasErrors() ? null : read;
        } catch (IOException e) {
            unreadable(wantedBy, "cannot read " + file + ": " + Reason.of(e));
        }
        return null;
    }

    private void unreadable(SourcePosition position, String reason) {
        findings.error(
                "unreadable",
                position,
                reason,
                NOT_STARTED,
                "make it a regular file of UTF-8 text that this user may read");
    }

    /** The imported files; a pattern is matched in its directory and gives its files in the order of their names. */
    private List<Path> imports(TomlFile source, Path file) {
        TableReader root = new TableReader(source, List.of(), source.root(), findings, NOT_STARTED);
        List<String> patterns =
                root.has("imports") ? root.texts("imports", "write imports = [\"conf.d/*.toml\"]") : null;
        List<Path> imported = new ArrayList<>();
        if (patterns != null) {
            for (String pattern : patterns) {
                Path path = root.path("imports", directoryOf(file), pattern);
                if (path != null) {
                    imported.addAll(matching(root, path));
                }
            }
        }
        return imported;
    }

    private static List<Path> matching(TableReader root, Path pattern) {
        String name = String.valueOf(pattern.getFileName());
        if (!name.contains("*") && !name.contains("?") && !name.contains("[")) {
            return List.of(pattern);
        }
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(directoryOf(pattern))) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(directoryOf(pattern), name)) {
                for (Path file : found) {
                    files.add(file);
                    if (files.size() > MAX_FILES) {
                        break; // as many as are refused
                    }
                }
            } catch (DirectoryIteratorException e) {
                reportUnlisted(root, pattern, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                reportUnlisted(root, pattern, Reason.of(e));
            } catch (PatternSyntaxException e) {
                root.error(
                        "imports",
                        "imports",
                        "\"" + pattern + "\" is not a pattern of file names: " + e.getDescription(),
                        "write a pattern such as conf.d/*.toml");
            }
        }
        files.sort(null);
        return files;
    }

    private static void reportUnlisted(TableReader root, Path pattern, String reason) {
        root.error(
                "unreadable",
                "imports",
                "cannot list " + pattern + ": " + reason,
                "make it a directory that can be read");
    }

    private static Path directoryOf(Path file) {
        @Nullable Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }
}
