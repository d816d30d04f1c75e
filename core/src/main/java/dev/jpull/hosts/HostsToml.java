// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.toml.TableReader;
import dev.jpull.toml.TomlFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tomlj.TomlTable;

/**
 * Reads a hosts.toml file (docs/containerd.md section 3). All errors are found in one pass, each with its
 * position. Hosts may be written as tables, inline tables or dotted keys.
 */
public final class HostsToml {
    private static final String SERVER = "server";
    private static final String HOST = "host";
    private static final String QUOTED = "write [host.\"https://mirror.example\"]";

    private final TomlFile file;
    private final Path directory;
    private final Findings findings;
    private final TableReader root;

    private HostsToml(TomlFile file, Path directory, Findings findings) {
        this.file = file;
        this.directory = directory;
        this.findings = findings;
        this.root = new TableReader(file, List.of(), file.root(), findings, Findings.FILE_DROPPED);
    }

    /**
     * Reads a file.
     *
     * @param path where the text came from, for messages
     * @param directory what relative paths in it are relative to
     */
    public static HostsFile parse(Path path, Path directory, String text) {
        Findings findings = new Findings();
        TomlFile file = TomlFile.parse(path, text, Findings.FILE_DROPPED, findings);
        List<HostEntry> entries = file.hasErrors() ? List.of() : new HostsToml(file, directory, findings).read();
        return new HostsFile(entries, findings.all());
    }

    private List<HostEntry> read() {
        List<HostEntry> entries = new ArrayList<>();
        String serverKey = null;
        for (String key : root.keys()) {
            if (key.equalsIgnoreCase(HOST)) {
                root.warnOfCase(key, HOST);
                readHosts(key, entries);
            } else if (key.equalsIgnoreCase(SERVER)) {
                root.warnOfCase(key, SERVER);
                serverKey = key;
            }
        }
        HostFields rootFields = new HostFields(root, directory);
        if (serverKey == null) {
            warnOfServerlessFields(rootFields);
            entries.add(rootFields.entry("", "", "", file.positionOf(List.of())));
        } else {
            entries.add(readServer(serverKey, rootFields));
        }
        return entries;
    }

    private void readHosts(String key, List<HostEntry> entries) {
        TableReader hosts = root.table(key, QUOTED);
        if (hosts == null) {
            return;
        }
        for (String name : hosts.keys()) {
            TableReader host = hosts.table(name, "write [host.\"" + name + "\"]");
            if (host == null) {
                continue;
            }
            if (name.isEmpty()) {
                hosts.errorThatIsTaken(
                        "empty-host",
                        hosts.positionOf(name),
                        "the name of the host is empty",
                        "drops it, or fails every request to it",
                        QUOTED);
            } else if (!looksUnquoted(hosts, name)) {
                addEntry(name, host, entries);
            }
        }
    }

    private void addEntry(String name, TableReader host, List<HostEntry> entries) {
        HostFields fields = new HostFields(host, directory);
        try {
            HostUrl url = HostUrl.parse(name);
            entries.add(fields.entry(url.scheme(), url.host(), url.prefix(fields.overridePath()), host.position()));
        } catch (HostUrl.InvalidException e) {
            report(e, host.position());
        }
    }

    private HostEntry readServer(String key, HostFields fields) {
        String text = root.text(key, "write server = \"https://registry.example\"");
        if (text == null || text.isEmpty()) {
            return fields.entry("", "", "", root.positionOf(key));
        }
        try {
            HostUrl url = HostUrl.parse(text);
            return fields.entry(url.scheme(), url.host(), url.prefix(fields.overridePath()), root.positionOf(key));
        } catch (HostUrl.InvalidException e) {
            report(e, root.positionOf(key));
            return HostEntry.unconfigured();
        }
    }

    private void report(HostUrl.InvalidException e, SourcePosition position) {
        findings.error(e.code(), position, String.valueOf(e.getMessage()), e.containerd(), e.remedy());
    }

    /** {@code [host.mirror.example.com]} means host "mirror" with a table "example" to TOML (Q-TOML-10). */
    private boolean looksUnquoted(TableReader hosts, String name) {
        String rest = name.matches(".*[.:/].*") || !(hosts.get(name) instanceof TomlTable table) ? "" : rest(table);
        if (rest.isEmpty()) {
            return false;
        }
        hosts.errorThatIsTaken(
                "unquoted-host",
                hosts.positionOf(name),
                "the host name is not in quotes, so that TOML splits it at its dots",
                "reads it as a host \"" + name + "\"",
                "write [host.\"https://" + name + rest + "\"]");
        return true;
    }

    private static String rest(TomlTable table) {
        for (String key : table.keySet()) {
            if (!HostFields.resemblesKnown(key) && table.get(List.of(key)) instanceof TomlTable inner) {
                return "." + key + rest(inner);
            }
        }
        return "";
    }

    private void warnOfServerlessFields(HostFields fields) {
        for (String lost : fields.lostWithoutServer()) {
            root.warning(
                    "root-without-server",
                    lost,
                    "\"" + lost + "\" without \"server\" describes the registry itself",
                    "ignores it there; jpull applies it",
                    "write server = \"https://…\" to make it clear, or move it below the [host.\"…\"] that it is meant for");
        }
    }
}
