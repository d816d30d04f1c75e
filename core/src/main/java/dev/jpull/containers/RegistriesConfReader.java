// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.file.Presence;
import dev.jpull.file.Reason;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.toml.TomlFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads a registries.conf, its drop-in files and the aliases of the user, and puts them together. For use by one thread. */
public final class RegistriesConfReader {
    /** How many drop-in files one directory may have. */
    private static final int MAX_FILES = 100;

    private static final int MAX_SIZE = 1 << 20;
    /** How many characters all files may have together, so that parsing them ends within some seconds. */
    private static final int MAX_CHARACTERS = 1 << 20;

    /** The beginning of a table or a list of registries; an alias named "registry" has a text as its value. */
    private static final Pattern REGISTRIES = Pattern.compile(
            "(?mi)^[ \\t]*+(?:\\[++[ \\t]*+[\"']?registr|[\"']?unqualified-|[\"']?registr(?:y|ies)[\"']?[ \\t]*+(?:\\.|=[ \\t]*+[\\[{]))");

    private final ContainersFiles files;
    private final Findings findings = new Findings(ContainerRuntime.PODMAN);
    private final List<Path> read = new ArrayList<>();
    private final Map<String, RegistryTable> tables = new TreeMap<>();
    private final Map<String, Alias> aliases = new LinkedHashMap<>();
    private List<SearchRegistry> search = List.of();
    private int characters;

    private RegistriesConfReader(ContainersFiles files) {
        this.files = files;
    }

    /** Reads the files; whatever is wrong with them is among the findings. Files that are not there say nothing. */
    public static RegistriesConf read(ContainersFiles files) {
        return new RegistriesConfReader(files).readAll();
    }

    /**
     * Whether the files have a line that begins what configures registries. Most machines have aliases alone: they are told without
     * parsing, which takes a tenth of a second in a young process. True as well when a file cannot be read.
     */
    public static boolean mentionsRegistries(ContainersFiles files) {
        RegistriesConfReader reader = new RegistriesConfReader(files);
        List<Path> all = new ArrayList<>(List.of(files.main()));
        files.dropIns().forEach(directory -> all.addAll(reader.dropIns(directory)));
        return !reader.findings.all().isEmpty() || all.stream().anyMatch(RegistriesConfReader::mentionsRegistries);
    }

    private static boolean mentionsRegistries(Path file) {
        try {
            return REGISTRIES.matcher(TomlFile.readText(file, MAX_SIZE)).find();
        } catch (NoSuchFileException e) {
            return Files.isSymbolicLink(file); // a file that is not there says nothing, and a broken link is reported
        } catch (IOException e) {
            return true; // it is read once more, and reported
        }
    }

    private RegistriesConf readAll() {
        merge(files.main(), false);
        for (Path directory : files.dropIns()) {
            for (Path file : dropIns(directory)) {
                merge(file, true);
            }
        }
        Path main = read.isEmpty() || read.contains(files.main()) ? files.main() : read.get(0);
        if (files.aliasCache() != null) {
            merge(files.aliasCache(), true);
        }
        RegistriesConf conf = new RegistriesConf(
                files, read, new ArrayList<>(tables.values()), new ShortNames(main, search, aliases), findings.all());
        new TableReview(conf, findings).review();
        return new RegistriesConf(files, read, conf.tables(), conf.shortNames(), findings.all());
    }

    private void merge(Path file, boolean dropIn) {
        String text;
        try {
            text = TomlFile.readText(file, MAX_SIZE);
        } catch (NoSuchFileException e) {
            if (Files.isSymbolicLink(file)) {
                findings.error(
                        "unreadable",
                        SourcePosition.of(file),
                        "the file is a link to one that is not there",
                        "ignores it silently, or refuses the whole configuration in older versions",
                        "correct the link, or remove it");
            }
            return; // a file that is not there says nothing
        } catch (IOException e) {
            findings.error(
                    "unreadable",
                    SourcePosition.of(file),
                    "the file cannot be read: " + Reason.of(e),
                    TableParser.REFUSED,
                    "correct the file and its permissions");
            return;
        }
        read.add(file);
        characters += text.length();
        if (characters > MAX_CHARACTERS) {
            findings.error(
                    "too-large",
                    SourcePosition.of(file),
                    "with this file, the configuration has more than " + MAX_CHARACTERS + " characters",
                    "reads it",
                    "remove what does not configure registries");
            return;
        }
        FileSettings settings = new FileParser(findings).parse(file, text, dropIn);
        Map<String, RegistryTable> own = new LinkedHashMap<>();
        for (RegistryTable table : settings.tables()) {
            RegistryTable first = own.putIfAbsent(table.prefix().text(), table);
            if (first != null) {
                findings.warning(
                        "duplicate-prefix",
                        table.position(),
                        "the prefix \"" + table.prefix().text() + "\" has a table already, at " + first.position(),
                        "takes the first table, and ignores this one silently",
                        "keep one of them");
            }
        }
        reportConflicts(settings.tables());
        own.forEach(this::replace);
        aliases.putAll(settings.aliases());
        if (settings.search() != null) {
            search = settings.search();
        }
    }

    private void replace(String prefix, RegistryTable table) {
        RegistryTable before = tables.put(prefix, table);
        if (before != null) {
            findings.info(
                    "replaced-table",
                    table.position(),
                    "it replaces the whole table of the same prefix at " + before.position()
                            + ", with its mirrors and settings",
                    "does the same",
                    "");
        }
    }

    /** Tables of one file for the same location must agree on what is allowed there. */
    private void reportConflicts(List<RegistryTable> all) {
        Map<String, RegistryTable> first = new LinkedHashMap<>();
        for (RegistryTable table : all) {
            RegistryTable other = first.putIfAbsent(table.subject(), table);
            if (other == null) {
                continue;
            }
            boolean insecure = other.primary().isInsecure() != table.primary().isInsecure();
            if (insecure || other.blocked() != table.blocked()) {
                String setting = insecure ? "insecure" : "blocked";
                findings.error(
                        "conflict",
                        table.position(),
                        "\"" + table.subject() + "\" is " + setting + " in one table and not in the one at "
                                + other.position(),
                        TableParser.REFUSED,
                        "write the same value of " + setting + " in both");
            }
        }
    }

    /** The files of a directory by name, without those of directories inside. */
    private List<Path> dropIns(Path directory) {
        if (!Presence.mayBe(directory)) {
            return List.of(); // most systems have no such directory
        }
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> found = entries.filter(
                            entry -> String.valueOf(entry.getFileName()).endsWith(".conf")
                                    && !(Files.isDirectory(entry) && !Files.isSymbolicLink(entry)))
                    .limit(MAX_FILES + 1L)
                    .sorted()
                    .toList();
            if (found.size() > MAX_FILES) {
                findings.error(
                        "too-many-files",
                        SourcePosition.of(directory),
                        "it has more than " + MAX_FILES + " files *.conf",
                        "reads all of them",
                        "put them together");
                return List.of();
            }
            return found;
        } catch (UncheckedIOException e) {
            return unreadable(directory, Reason.of(new IOException(e.getMessage(), e)));
        } catch (IOException e) {
            return unreadable(directory, e instanceof NotDirectoryException ? "it is no directory" : Reason.of(e));
        }
    }

    private List<Path> unreadable(Path directory, String reason) {
        findings.error(
                "unreadable",
                SourcePosition.of(directory),
                "the directory cannot be read: " + reason,
                TableParser.REFUSED,
                "correct it and its permissions");
        return List.of();
    }
}
