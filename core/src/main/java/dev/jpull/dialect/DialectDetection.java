// SPDX-License-Identifier: Apache-2.0
package dev.jpull.dialect;

import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.text.ForeignText;
import dev.jpull.toml.TomlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What kind of registry configuration is at a path (docs/dialects.md). The name decides where it is one that a runtime has
 * given, so that a mistake in the content is a finding of that dialect; the content decides otherwise.
 *
 * @param dialect the kind
 * @param path the file or directory to read; a file in the directory that was named, when the directory is that of a runtime
 */
public record DialectDetection(Dialect dialect, Path path) {
    private static final int MAX_SIZE = 4 << 20;

    /** The names that runtimes give to their files. */
    private static final Map<String, Dialect> NAMES = names();

    /** What a line of each dialect begins with; the first that matches counts. */
    private static final Map<Dialect, Pattern> SIGNS = signs();

    private static final Pattern HOSTS_TOML =
            Pattern.compile("(?m)^[ \\t]*+(?:server[ \\t]*+=|\\[[ \\t]*+host[ \\t]*+\\.)");

    private static Map<String, Dialect> names() {
        Map<String, Dialect> names = new LinkedHashMap<>();
        names.put("config.toml", Dialect.CONTAINERD_CONFIG);
        names.put("registries.yaml", Dialect.REGISTRIES_YAML);
        names.put("registries.yml", Dialect.REGISTRIES_YAML);
        names.put("registries.conf", Dialect.REGISTRIES_CONF);
        names.put("daemon.json", Dialect.DAEMON_JSON);
        return names;
    }

    private static Map<Dialect, Pattern> signs() {
        Map<Dialect, Pattern> signs = new LinkedHashMap<>();
        signs.put(
                Dialect.DAEMON_JSON,
                Pattern.compile(
                        "\\A\\s*+\\{(?s:.*?)\"(?:registry-mirrors|insecure-registries|max-concurrent-downloads)\""));
        signs.put(
                Dialect.REGISTRIES_YAML,
                Pattern.compile("(?m)^(?:\\{[ \\t]*+)?([\"']?)(?:mirrors|configs)\\1[ \\t]*+:"));
        signs.put(
                Dialect.REGISTRIES_CONF,
                Pattern.compile("(?m)^[ \\t]*+(?:\\[\\[[ \\t]*+registry\\b|\\[[ \\t]*+(?:aliases|registries)\\b"
                        + "|(?:unqualified-search-registries|short-name-mode)[ \\t]*+=)"));
        signs.put(
                Dialect.CONTAINERD_CONFIG,
                Pattern.compile(
                        "(?m)^[ \\t]*+(?:\\[[ \\t]*+plugins\\b|plugins[ \\t]*+\\.|(?:version|imports)[ \\t]*+=)"));
        return signs;
    }

    /**
     * Tells what is at a path.
     *
     * @throws ConfigurationException if there is nothing, it cannot be read, or it is of no known dialect, as a directory that has
     *     something, but nothing for any registry
     */
    public static DialectDetection of(Path path) {
        Dialect named = NAMES.get(name(path));
        if (Files.isDirectory(path)) {
            if (named != null) {
                throw new ConfigurationException(shown(path) + " is a directory, but a file is expected there");
            }
            return ofDirectory(path);
        }
        return new DialectDetection(named == null ? ofContent(path) : named, path);
    }

    /** The dialect of a file by its name and that of its directory alone; empty when the names say nothing. */
    public static Optional<Dialect> byName(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        boolean isDropIn = name(file).endsWith(".conf")
                && directory != null
                && name(directory).equals("registries.conf.d");
        return isDropIn ? Optional.of(Dialect.REGISTRIES_CONF) : Optional.ofNullable(NAMES.get(name(file)));
    }

    /** Whether a text has the first line of a hosts.toml, and none of a config.toml. */
    public static boolean isHostsToml(String text) {
        return HOSTS_TOML.matcher(text).find()
                && !Objects.requireNonNull(SIGNS.get(Dialect.CONTAINERD_CONFIG))
                        .matcher(text)
                        .find();
    }

    private static DialectDetection ofDirectory(Path directory) {
        if (name(directory).equals("registries.conf.d")) {
            return new DialectDetection(Dialect.REGISTRIES_CONF, directory);
        }
        if (Files.exists(directory.resolve("hosts.toml"))) {
            throw oneRegistry(directory);
        }
        List<Path> files = NAMES.keySet().stream()
                .map(directory::resolve)
                .filter(Files::isRegularFile)
                .toList();
        if (files.size() > 1) {
            throw new ConfigurationException(shown(directory) + " has "
                    + String.join(
                            " and ", files.stream().map(DialectDetection::name).toList())
                    + ": name one of them, because they are never mixed");
        }
        if (!files.isEmpty()) {
            return of(files.get(0));
        }
        new HostsDirectory(directory).requireRegistries();
        return new DialectDetection(Dialect.HOSTS_DIRECTORY, directory);
    }

    private static Dialect ofContent(Path file) {
        Optional<Dialect> byName = byName(file);
        if (byName.isPresent()) {
            return byName.get();
        }
        String name = name(file);
        String text = text(file);
        if (name.equals("hosts.toml")) {
            throw oneRegistry(file);
        }
        for (Map.Entry<Dialect, Pattern> sign : SIGNS.entrySet()) {
            if (sign.getValue().matcher(text).find()) {
                return sign.getKey();
            }
        }
        if (HOSTS_TOML.matcher(text).find()) {
            throw oneRegistry(file);
        }
        if (name.endsWith(".toml")) {
            return Dialect.CONTAINERD_CONFIG;
        }
        throw new ConfigurationException(shown(file) + " is no registry configuration that jpull knows: name a hosts"
                + " directory, or a file such as " + String.join(", ", NAMES.keySet()));
    }

    private static ConfigurationException oneRegistry(Path path) {
        return new ConfigurationException(shown(path)
                + " configures one registry alone: name the directory that has one sub-directory for each registry");
    }

    private static String text(Path file) {
        try {
            return TomlFile.readText(file, MAX_SIZE);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(shown(file) + " does not exist, or cannot be seen by this user", e);
        } catch (IOException e) {
            throw new ConfigurationException(shown(file) + " cannot be read: " + Reason.of(e), e);
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static String shown(Path path) {
        return ForeignText.line(path.toString());
    }
}
