// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/**
 * A containerd config.toml with the files that it imports. A plugin's table in an imported file stands instead of the one
 * before it, as containerd merges them; the table of the CRI plugin may go by the names of three versions (spec section
 * 9.1).
 */
final class CriConfigFiles {
    private static final int MAX_SIZE = 4 << 20;
    private static final int MAX_FILES = 1000;
    private static final int NEWEST_VERSION = 4;
    private static final String IMAGES = "io.containerd.cri.v1.images";
    private static final String CRI_2 = "io.containerd.grpc.v1.cri";
    private static final String CRI_1 = "cri";

    private final List<Source> sources;
    private final long version;

    /** A file and what is in it. */
    record Source(Path file, TomlParseResult toml) {
        SourcePosition positionOf(List<String> path) {
            TomlPosition position = toml.inputPositionOf(path);
            return position == null
                    ? SourcePosition.of(file)
                    : new SourcePosition(file, position.line(), position.column());
        }
    }

    /**
     * A table of the CRI plugin.
     *
     * @param source where it is
     * @param path its path in the file
     * @param table the table
     */
    record Plugin(Source source, List<String> path, TomlTable table) {}

    private CriConfigFiles(List<Source> sources, long version) {
        this.sources = sources;
        this.version = version;
    }

    static CriConfigFiles load(Path file) {
        List<Source> sources = new ArrayList<>();
        Set<Path> seen = new LinkedHashSet<>();
        List<Path> pending = new ArrayList<>(List.of(file));
        while (!pending.isEmpty()) {
            Path next = pending.remove(0).toAbsolutePath().normalize();
            if (seen.add(next)) {
                Source source = parse(sources.isEmpty() ? file : next);
                sources.add(source);
                pending.addAll(imports(source, next));
            }
            if (seen.size() > MAX_FILES) {
                throw new ConfigurationException(file + " imports more than " + MAX_FILES + " files");
            }
        }
        return new CriConfigFiles(sources, version(sources.get(0)));
    }

    /** The file that was asked for. */
    Path file() {
        return sources.get(0).file();
    }

    /** The tables of the CRI plugin that count, newest name first: what an older one says is migrated over a newer. */
    List<Plugin> plugins() {
        List<Plugin> plugins = new ArrayList<>();
        add(plugins, IMAGES);
        if (version < NEWEST_VERSION) {
            add(plugins, CRI_2);
        }
        if (version < 2) {
            add(plugins, CRI_1);
        }
        return plugins;
    }

    private void add(List<Plugin> plugins, String name) {
        Plugin last = null;
        List<String> path = List.of("plugins", name);
        for (Source source : sources) {
            Object table = source.toml().get(path);
            if (table instanceof TomlTable found) {
                last = new Plugin(source, path, found);
            } else if (table != null) {
                throw new ConfigurationException(source.positionOf(path) + ": \"" + name + "\" is not a table");
            }
        }
        if (last != null) {
            plugins.add(last);
        }
    }

    private static long version(Source source) {
        Object version = source.toml().get("version");
        if (version == null) {
            return 1;
        }
        if (version instanceof Long number && number >= 0 && number <= NEWEST_VERSION) {
            return number;
        }
        throw new ConfigurationException(source.positionOf(List.of("version")) + ": version " + version
                + " of the configuration is not known: versions 1 to " + NEWEST_VERSION + " are");
    }

    private static Source parse(Path file) {
        try {
            if (Files.size(file) > MAX_SIZE) {
                throw new ConfigurationException(
                        file + " is larger than " + MAX_SIZE + " bytes: that is no config.toml");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            TomlParseResult toml = Toml.parse(text, TomlVersion.V1_0_0);
            if (toml.hasErrors()) {
                throw new ConfigurationException(toml.errors().stream()
                        .map(error -> file + ":" + error.position().line() + ":"
                                + error.position().column() + ": not valid TOML: " + error.getMessage())
                        .collect(Collectors.joining("\n")));
            }
            return new Source(file, toml);
        } catch (CharacterCodingException e) {
            throw new ConfigurationException(file + " is not UTF-8 text: save it as UTF-8", e);
        } catch (IOException e) {
            throw new ConfigurationException("cannot read " + file + ": " + Reason.of(e), e);
        }
    }

    /** The imported files; a pattern is matched in its directory and gives its files in the order of their names. */
    private static List<Path> imports(Source source, Path file) {
        Object imports = source.toml().get("imports");
        if (imports == null) {
            return List.of();
        }
        if (!(imports instanceof TomlArray array)
                || !IntStream.range(0, array.size()).allMatch(i -> array.get(i) instanceof String)) {
            throw new ConfigurationException(
                    source.positionOf(List.of("imports")) + ": \"imports\" is not an array of paths");
        }
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            Path pattern = directoryOf(file).resolve(String.valueOf(array.get(i)));
            files.addAll(matching(source, pattern));
        }
        return files;
    }

    private static List<Path> matching(Source source, Path pattern) {
        String name = String.valueOf(pattern.getFileName());
        if (!name.contains("*") && !name.contains("?") && !name.contains("[")) {
            return List.of(pattern);
        }
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(directoryOf(pattern))) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(directoryOf(pattern), name)) {
                found.forEach(files::add);
            } catch (IOException e) {
                throw new ConfigurationException(
                        source.positionOf(List.of("imports")) + ": cannot list " + pattern + ": " + Reason.of(e), e);
            }
        }
        files.sort(null);
        return files;
    }

    private static Path directoryOf(Path file) {
        @Nullable Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }
}
