// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.lint.Spelling;
import dev.jpull.toml.TableReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * The fields of one host: of a {@code [host."…"]} table, or of the root of the file (docs/containerd.md section 3.2).
 */
final class HostFields {
    static final List<String> NAMES =
            List.of("capabilities", "ca", "client", "skip_verify", "header", "override_path", "dial_timeout");
    private static final List<String> OWN_NAMES =
            Stream.concat(NAMES.stream(), Stream.of(JpullFields.KEY)).toList();
    private static final List<String> ROOT_NAMES =
            Stream.concat(OWN_NAMES.stream(), Stream.of("server", "host")).toList();
    private static final List<String> CAPABILITIES = List.of("pull", "resolve", "push", "referrers");
    private static final String PAIR = "write client = [[\"client.cert\", \"client.key\"]]";

    private final TableReader table;
    private final Path directory;
    private final boolean ofK3s;

    private Set<Capability> capabilities = Capability.ALL;
    private @Nullable List<Path> ca;
    private @Nullable List<ClientKeyPair> client;
    private @Nullable Boolean skipVerify;
    private boolean overridePath;
    private @Nullable Duration dialTimeout;
    private final List<Header> headers = new ArrayList<>();
    private HostExtensions extensions = HostExtensions.NONE;
    private List<RenamingRule> rewrites = List.of();
    private final Map<String, SourcePosition> positions = new LinkedHashMap<>();
    private final List<String> lostWithoutServer = new ArrayList<>();

    /**
     * Reads a table.
     *
     * @param directory what relative paths in it are relative to
     * @param ofK3s whether k3s or RKE2 has written the file
     */
    HostFields(TableReader table, Path directory, boolean ofK3s) {
        this.table = table;
        this.directory = directory;
        this.ofK3s = ofK3s;
        table.keys().forEach(this::read);
    }

    /** Whether the key is a field, or a field with a typo, rather than part of something else. */
    static boolean resemblesKnown(String key) {
        return OWN_NAMES.stream().anyMatch(key::equalsIgnoreCase)
                || !Spelling.suggestion(key, OWN_NAMES).isEmpty();
    }

    boolean overridePath() {
        return overridePath;
    }

    /** The root keys that containerd loses when there is no server (Q-EP-1). */
    List<String> lostWithoutServer() {
        return lostWithoutServer;
    }

    HostEntry entry(String scheme, String host, String prefix, SourcePosition source) {
        return new HostEntry(
                scheme,
                host,
                prefix,
                capabilities,
                new TlsSettings(ca == null ? List.of() : ca, false, client == null ? List.of() : client, skipVerify),
                ca != null || client != null || skipVerify != null,
                headers,
                dialTimeout,
                overridePath,
                extensions.withRenames(Stream.concat(extensions.renames().stream(), rewrites.stream())
                        .toList()),
                new Provenance(source, positions, false));
    }

    private void read(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        if (NAMES.contains(name)) {
            table.warnOfCase(key, name);
            positions.put(name, table.positionOf(key));
        }
        switch (name) {
            case "capabilities" -> readCapabilities(key);
            case "ca" -> ca = readCa(key);
            case "client" -> client = readClient(key);
            case "skip_verify" -> skipVerify = table.flag(key);
            case "override_path" -> {
                overridePath = Boolean.TRUE.equals(table.flag(key));
                lostWithoutServer.add(key);
            }
            case "dial_timeout" -> dialTimeout = table.timeout(key);
            case "header" -> headers.addAll(HeaderTable.read(table, key, ROOT_NAMES));
            default -> readOther(key, name);
        }
    }

    private void readCapabilities(String key) {
        lostWithoutServer.add(key);
        List<String> words = table.texts(key, "write capabilities = [\"pull\", \"resolve\"]");
        if (words == null || !(table.get(key) instanceof TomlArray array)) {
            return;
        }
        if (words.isEmpty()) {
            table.errorThatIsTaken(
                    "empty-capabilities",
                    table.positionOf(key),
                    "\"capabilities\" is empty",
                    "reads it as all capabilities",
                    "list what the host may be asked for, or remove the host");
            return;
        }
        Set<Capability> listed = EnumSet.noneOf(Capability.class);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            Capability capability = Capability.of(word);
            if (capability == null) {
                table.errorAt(
                        "unknown-capability",
                        table.positionOf(array, i),
                        "\"" + word + "\" is not a capability",
                        "use pull, resolve, push or referrers" + Spelling.suggestion(word, CAPABILITIES));
            } else {
                listed.add(capability);
            }
        }
        capabilities = listed;
    }

    private @Nullable List<Path> readCa(String key) {
        List<String> given = table.textOrTexts(key, "a path or an array of paths", "write ca = \"ca.crt\"");
        if (given == null) {
            return null;
        }
        if (given.isEmpty()) {
            table.warning(
                    "empty-ca",
                    key,
                    "\"ca\" is empty, but counts as a TLS setting: an http:// host is tried with TLS first because of it",
                    "does the same",
                    "remove it");
        }
        if (given.contains("")) {
            warnOfEmptyPath(key);
        }
        if (hasTooMany(key, given.size())) {
            return null;
        }
        return given.stream()
                .filter(text -> !text.isEmpty())
                .flatMap(text -> Stream.ofNullable(resolve(key, text)))
                .toList();
    }

    private boolean hasTooMany(String key, int files) {
        if (files > TlsSettings.MAX_FILES) {
            table.error(
                    "too-many-files",
                    key,
                    "\"" + key + "\" names more than " + TlsSettings.MAX_FILES + " files",
                    "put several certificates into one file");
        }
        return files > TlsSettings.MAX_FILES;
    }

    private @Nullable List<ClientKeyPair> readClient(String key) {
        List<ClientKeyPair> pairs = new ArrayList<>();
        Object value = table.get(key);
        if (value instanceof String single) {
            addPair(key, single, "", pairs);
            return pairs;
        }
        if (!(value instanceof TomlArray array)) {
            table.wrongType(key, "a file, or a list of files or of pairs of files", PAIR);
            return null;
        }
        if (hasTooMany(key, array.size())) {
            return null;
        }
        for (int i = 0; i < array.size(); i++) {
            Object item = array.get(i);
            if (item instanceof String single) {
                addPair(key, single, "", pairs);
            } else if (item instanceof TomlArray pair
                    && pair.size() == 2
                    && pair.get(0) instanceof String certificate
                    && pair.get(1) instanceof String privateKey) {
                addPair(key, certificate, privateKey, pairs);
            } else {
                table.errorAt(
                        "type",
                        table.positionOf(array, i),
                        "\"client\" has an item that is neither a file nor a pair of files",
                        PAIR);
                return null;
            }
        }
        return pairs;
    }

    /** An empty key path means that the certificate's file holds the key as well (Q-TOML-1). */
    private void addPair(String key, String certificate, String privateKey, List<ClientKeyPair> pairs) {
        if (certificate.isEmpty()) {
            warnOfEmptyPath(key);
            return;
        }
        Path certificateFile = resolve(key, certificate);
        Path keyFile = privateKey.isEmpty() ? certificateFile : resolve(key, privateKey);
        if (certificateFile != null && keyFile != null) {
            pairs.add(new ClientKeyPair(certificateFile, keyFile));
        }
    }

    private void readOther(String key, String name) {
        if (key.equals(JpullFields.KEY)) {
            TableReader own = table.table(key, "write [host.\"https://mirror.example\".jpull]");
            if (own != null) {
                JpullFields fields = new JpullFields(own);
                extensions = fields.extensions();
                positions.putAll(fields.positions());
            }
        } else if (table.isRoot()) {
            if (!name.equals("server") && !name.equals("host")) {
                table.unknown(key, ROOT_NAMES);
            }
        } else if (name.equals("server")) {
            table.warning(
                    "misplaced-key",
                    key,
                    "\"server\" inside a host is ignored",
                    Findings.IGNORED,
                    "move it to the top of the file, above the first line in brackets");
        } else if (name.equals("host") && table.get(key) instanceof TomlTable) {
            table.warning(
                    "nested-host",
                    key,
                    "a host inside a host is ignored: hosts do not nest",
                    Findings.IGNORED,
                    "write it as a [host.\"…\"] of its own");
        } else if (name.equals("rewrite")) {
            rewrites = readRewrites(key);
        } else {
            table.unknown(key, OWN_NAMES);
        }
    }

    /** The rules of the containerd of k3s and RKE2; their own names of repositories, below {@code jpull}, come first. */
    private List<RenamingRule> readRewrites(String key) {
        if (!ofK3s) {
            table.warning(
                    "k3s-rewrite",
                    key,
                    "\"rewrite\" is read by jpull and by the containerd of k3s and RKE2, and by no other",
                    Findings.IGNORED,
                    "remove it unless the nodes run k3s or RKE2");
        }
        table.warnOfCase(key, "rewrite");
        TableReader rules = table.table(key, "write [host.\"https://mirror.example\".rewrite]");
        if (rules == null) {
            return List.of();
        }
        Findings findings = new Findings(ContainerRuntime.K3S);
        GoRewrites read = new GoRewrites(findings);
        for (String pattern : rules.keys()) {
            String replacement = rules.text(pattern, "write \"^rancher/(.*)\" = \"mirror/$1\"");
            if (replacement != null) {
                read.add(pattern, replacement, rules.positionOf(pattern));
            }
        }
        List<RenamingRule> sorted = read.rules();
        positions.putAll(read.positions());
        table.report(findings.all());
        return sorted;
    }

    private void warnOfEmptyPath(String key) {
        table.warning(
                "empty-path",
                key,
                "an empty path in \"" + key + "\" names no file and is skipped",
                "reads it as the directory of hosts.toml, which is no file",
                "remove it");
    }

    private @Nullable Path resolve(String key, String path) {
        Path resolved = table.path(key, directory, path);
        return resolved == null ? null : resolved.normalize();
    }
}
