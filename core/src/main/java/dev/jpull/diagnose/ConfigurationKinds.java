// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.diagnose.FoundConfiguration.Kind;
import dev.jpull.dialect.DialectDetection;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.toml.TomlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells the kind of a configuration file by its name, and by its content where the name says nothing. */
final class ConfigurationKinds {
    /** The name of the configuration of podman and CRI-O. */
    static final String REGISTRIES_CONF = "registries.conf";

    /** How large a file may be. */
    static final int MAX_SIZE = 4 << 20;

    private static final String DROP_INS = "registries.conf.d";
    private static final Pattern HOSTS_TOML = Pattern.compile("(?m)^[ \\t]*+(?:server[ \\t]*+=|\\[[ \\t]*+host\\b)");

    private ConfigurationKinds() {}

    /** The kind of a file, by its name alone; null when the name says nothing. */
    static @Nullable Kind byName(Path file) {
        String name = String.valueOf(file.getFileName());
        Path directory = file.toAbsolutePath().getParent();
        boolean isDropIn = name.endsWith(".conf") && directory != null && directory.endsWith(DROP_INS);
        if (isDropIn) {
            return Kind.REGISTRIES_CONF;
        }
        return switch (name) {
            case HostsDirectory.FILE -> Kind.HOSTS_TOML;
            case "config.toml" -> Kind.CONFIG_TOML;
            case "registries.yaml", "registries.yml" -> Kind.REGISTRIES_YAML;
            case REGISTRIES_CONF -> Kind.REGISTRIES_CONF;
            case "daemon.json" -> Kind.DAEMON_JSON;
            default -> null;
        };
    }

    /**
     * The kind of a file that was named.
     *
     * @throws ConfigurationException if it is of no known kind
     */
    static Kind of(Path file) throws IOException {
        Kind byName = byName(file);
        if (byName != null) {
            return byName;
        }
        if (!Files.isRegularFile(file)) {
            return Kind.HOSTS_TOML; // which says that it is no file
        }
        String text = TomlFile.readText(file, MAX_SIZE);
        if (HOSTS_TOML.matcher(text).find() && !text.contains("[plugins")) {
            return Kind.HOSTS_TOML;
        }
        return switch (DialectDetection.of(file).dialect()) {
            case REGISTRIES_YAML -> Kind.REGISTRIES_YAML;
            case REGISTRIES_CONF -> Kind.REGISTRIES_CONF;
            case DAEMON_JSON -> Kind.DAEMON_JSON;
            case CONTAINERD_CONFIG, HOSTS_DIRECTORY -> Kind.CONFIG_TOML;
        };
    }
}
