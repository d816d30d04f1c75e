// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/**
 * Reads a hosts.toml file (spec section 3). Everything that is wrong with it is reported at once, with its position; a
 * file with an error is never used in part. Hosts count however they are written: as tables, inline or with dotted keys.
 */
final class HostsToml {
    private static final String SERVER = "server";
    private static final String HOST = "host";

    private final Path file;
    private final Path directory;
    private final TomlParseResult toml;
    private final List<Finding> findings = new ArrayList<>();

    private HostsToml(Path file, Path directory, TomlParseResult toml) {
        this.file = file;
        this.directory = directory;
        this.toml = toml;
    }

    /**
     * Reads a file.
     *
     * @param file where the text came from, for messages
     * @param directory what relative paths in it are relative to
     * @throws ConfigurationException if anything is wrong; the message lists all errors with their positions
     */
    static HostsFile parse(Path file, Path directory, String text) {
        HostsToml reader = new HostsToml(file, directory, Toml.parse(text, TomlVersion.V1_0_0));
        List<HostEntry> entries = reader.read();
        List<Finding> errors = reader.findings.stream()
                .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                .toList();
        if (!errors.isEmpty()) {
            throw new ConfigurationException(
                    errors.stream().map(Finding::toString).collect(Collectors.joining("\n")));
        }
        return new HostsFile(entries, reader.findings);
    }

    private List<HostEntry> read() {
        for (TomlParseError error : toml.errors()) {
            findings.add(Finding.error(
                    "syntax", at(error.position()), "not valid TOML: " + error.getMessage(), syntaxRemedy(error)));
        }
        List<HostEntry> entries = new ArrayList<>();
        if (!findings.isEmpty()) {
            return entries;
        }
        List<String> serverKey = null;
        for (String key : toml.keySet()) {
            if (key.equalsIgnoreCase(HOST)) {
                warnOfCase(key, HOST);
                readHosts(key, entries);
            } else if (key.equalsIgnoreCase(SERVER)) {
                warnOfCase(key, SERVER);
                serverKey = List.of(key);
            }
        }
        HostFields rootFields = new HostFields(this, toml, List.of());
        if (serverKey == null) {
            warnOfServerlessFields(rootFields);
        }
        entries.add(
                serverKey == null
                        ? rootFields.entry("", "", "", SourcePosition.of(file))
                        : readServer(serverKey, rootFields));
        return entries;
    }

    private void readHosts(String key, List<HostEntry> entries) {
        if (!(toml.get(List.of(key)) instanceof TomlTable hosts)) {
            error(
                    "type",
                    List.of(key),
                    "\"" + key + "\" is not a table of hosts",
                    "write [host.\"https://mirror.example\"]");
            return;
        }
        for (String name : hosts.keySet()) {
            List<String> path = List.of(key, name);
            if (!(hosts.get(List.of(name)) instanceof TomlTable table)) {
                error("type", path, "host \"" + name + "\" is not a table", "write [host.\"" + name + "\"]");
            } else if (name.isEmpty()) {
                error("empty-host", path, "the name of the host is empty", "write [host.\"https://mirror.example\"]");
            } else if (!looksUnquoted(name, table, path)) {
                HostFields fields = new HostFields(this, table, path);
                addEntry(name, fields, path, entries);
            }
        }
    }

    private void addEntry(String name, HostFields fields, List<String> path, List<HostEntry> entries) {
        try {
            HostUrl url = HostUrl.parse(name);
            entries.add(fields.entry(url.scheme(), url.host(), url.prefix(fields.overridePath()), positionOf(path)));
        } catch (HostUrl.InvalidException e) {
            error(e.code(), path, String.valueOf(e.getMessage()), e.remedy());
        }
    }

    private HostEntry readServer(List<String> key, HostFields fields) {
        Object value = toml.get(key);
        if (!(value instanceof String text)) {
            error("type", key, "\"server\" is not a string", "write server = \"https://registry.example\"");
            return HostEntry.unconfigured();
        }
        if (text.isEmpty()) {
            return fields.entry("", "", "", positionOf(key));
        }
        try {
            HostUrl url = HostUrl.parse(text);
            return fields.entry(url.scheme(), url.host(), url.prefix(fields.overridePath()), positionOf(key));
        } catch (HostUrl.InvalidException e) {
            error(e.code(), key, String.valueOf(e.getMessage()), e.remedy());
            return HostEntry.unconfigured();
        }
    }

    /** {@code [host.mirror.example.com]} means host "mirror" with a table "example" to TOML (Q-TOML-10). */
    private boolean looksUnquoted(String name, TomlTable table, List<String> path) {
        String rest = name.matches(".*[.:/].*") ? "" : unquotedRest(table);
        if (rest.isEmpty()) {
            return false;
        }
        error(
                "unquoted-host",
                path,
                "the host name is not in quotes, so TOML splits it at its dots and containerd takes it for \"" + name
                        + "\"",
                "write [host.\"https://" + name + rest + "\"]");
        return true;
    }

    private static String unquotedRest(TomlTable table) {
        for (String key : table.keySet()) {
            if (!HostFields.resemblesKnown(key) && table.get(List.of(key)) instanceof TomlTable inner) {
                return "." + key + unquotedRest(inner);
            }
        }
        return "";
    }

    private void warnOfServerlessFields(HostFields fields) {
        for (String lost : fields.lostWithoutServer()) {
            warning(
                    "root-without-server",
                    List.of(lost),
                    "\"" + lost + "\" without \"server\" describes the registry itself; containerd ignores it there,"
                            + " jpull honours it",
                    "write server = \"https://…\" to make it clear, or move it below the [host.\"…\"] that it is meant for");
        }
    }

    void warnOfCase(String key, String known) {
        if (!key.equals(known)) {
            warning(
                    "letter-case",
                    List.of(key),
                    "\"" + key + "\" is not in lower case, and containerd reads it only in part",
                    "write " + known);
        }
    }

    void error(String code, List<String> path, String message, String remedy) {
        findings.add(Finding.error(code, positionOf(path), message, remedy));
    }

    void warning(String code, List<String> path, String message, String remedy) {
        findings.add(Finding.warning(code, positionOf(path), message, remedy));
    }

    Path resolve(String path) {
        return directory.resolve(path).normalize();
    }

    private SourcePosition positionOf(List<String> path) {
        return path.isEmpty() ? SourcePosition.of(file) : at(toml.inputPositionOf(path));
    }

    private SourcePosition at(@Nullable TomlPosition position) {
        return position == null
                ? SourcePosition.of(file)
                : new SourcePosition(file, position.line(), position.column());
    }

    private static String syntaxRemedy(TomlParseError error) {
        String message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("','") || message.contains("unexpected ,")) {
            return "remove the comma: TOML has one setting a line, without a comma at its end";
        }
        if (message.contains("previously defined") || message.contains("already defined")) {
            return "keep one of them";
        }
        return "correct this line";
    }
}
