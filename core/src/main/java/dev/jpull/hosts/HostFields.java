// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** The fields of one host: of a {@code [host."…"]} table, or of the root of the file (spec section 3.2). */
final class HostFields {
    private static final List<String> NAMES =
            List.of("capabilities", "ca", "client", "skip_verify", "header", "override_path", "dial_timeout");
    private static final List<String> ROOT_NAMES =
            Stream.concat(NAMES.stream(), Stream.of("server", "host")).toList();

    private final HostsToml file;
    private final List<String> path;
    private final boolean root;

    private Set<Capability> capabilities = Capability.ALL;
    private @Nullable List<Path> ca;
    private @Nullable List<ClientKeyPair> client;
    private @Nullable Boolean skipVerify;
    private boolean overridePath;
    private @Nullable Duration dialTimeout;
    private final List<Header> headers = new ArrayList<>();
    private final List<String> lostWithoutServer = new ArrayList<>();

    HostFields(HostsToml file, TomlTable table, List<String> path) {
        this.file = file;
        this.path = path;
        this.root = path.isEmpty();
        for (String key : table.keySet()) {
            read(key, table.get(List.of(key)));
        }
    }

    static boolean isKnown(String key) {
        return NAMES.stream().anyMatch(key::equalsIgnoreCase);
    }

    /** Whether the key is a field, or a field with a typo, rather than part of something else. */
    static boolean resemblesKnown(String key) {
        return isKnown(key) || !Spelling.suggestion(key, NAMES).isEmpty();
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
                source);
    }

    private void read(String key, @Nullable Object value) {
        String name = key.toLowerCase(Locale.ROOT);
        if (isKnown(key) && !key.equals(name)) {
            file.warning(
                    "letter-case",
                    child(key),
                    "\"" + key + "\" is not in lower case, and containerd reads it only in part",
                    "write " + name);
        }
        switch (name) {
            case "capabilities" -> readCapabilities(key, value);
            case "ca" -> readCa(key, value);
            case "client" -> readClient(key, value);
            case "skip_verify" -> skipVerify = readBoolean(key, value);
            case "override_path" -> {
                overridePath = Boolean.TRUE.equals(readBoolean(key, value));
                lostWithoutServer.add(key);
            }
            case "dial_timeout" -> readDialTimeout(key, value);
            case "header" -> readHeaders(key, value);
            default -> reportUnknown(key, name, value);
        }
    }

    private void readCapabilities(String key, @Nullable Object value) {
        lostWithoutServer.add(key);
        if (!(value instanceof TomlArray array)) {
            wrongType(key, "an array of strings", "write capabilities = [\"pull\", \"resolve\"]");
            return;
        }
        if (array.isEmpty()) {
            file.error(
                    "empty-capabilities",
                    child(key),
                    "\"capabilities\" is empty, which containerd takes for all capabilities",
                    "list what the host may be asked for, or remove the host");
            return;
        }
        Set<Capability> listed = EnumSet.noneOf(Capability.class);
        for (String word : strings(key, array)) {
            Capability capability = Capability.of(word);
            if (capability == null) {
                file.error(
                        "unknown-capability",
                        child(key),
                        "\"" + word + "\" is not a capability",
                        "use pull, resolve, push or referrers"
                                + Spelling.suggestion(word, List.of("pull", "resolve", "push", "referrers")));
            } else {
                listed.add(capability);
            }
        }
        capabilities = listed;
    }

    private void readCa(String key, @Nullable Object value) {
        List<Path> files = new ArrayList<>();
        List<String> given = value instanceof String single ? List.of(single) : null;
        if (value instanceof TomlArray array) {
            given = strings(key, array);
        }
        if (given == null) {
            wrongType(key, "a path or an array of paths", "write ca = \"ca.crt\"");
            return;
        }
        for (String text : given) {
            if (text.isEmpty()) {
                warnOfEmptyPath(key);
            } else {
                files.add(file.resolve(text));
            }
        }
        if (given.isEmpty()) {
            file.warning(
                    "empty-ca",
                    child(key),
                    "\"ca\" is empty, but counts as a TLS setting: an http:// host is tried with TLS first because of it",
                    "remove it");
        }
        ca = files;
    }

    private void readClient(String key, @Nullable Object value) {
        List<ClientKeyPair> pairs = new ArrayList<>();
        if (value instanceof String single) {
            addPair(key, single, "", pairs);
        } else if (value instanceof TomlArray array) {
            for (Object item : items(array)) {
                if (item instanceof String single) {
                    addPair(key, single, "", pairs);
                } else if (item instanceof TomlArray pair
                        && pair.size() == 2
                        && pair.get(0) instanceof String certificate
                        && pair.get(1) instanceof String privateKey) {
                    addPair(key, certificate, privateKey, pairs);
                } else {
                    wrongType(
                            key,
                            "a list of files or of pairs of files",
                            "write client = [[\"client.cert\", \"client.key\"]]");
                    return;
                }
            }
        } else {
            wrongType(
                    key,
                    "a file, or a list of files or of pairs of files",
                    "write client = [[\"client.cert\", \"client.key\"]]");
            return;
        }
        client = pairs;
    }

    /** An empty key path means that the certificate's file holds the key as well (Q-TOML-1). */
    private void addPair(String key, String certificate, String privateKey, List<ClientKeyPair> pairs) {
        if (certificate.isEmpty()) {
            warnOfEmptyPath(key);
            return;
        }
        Path certificateFile = file.resolve(certificate);
        pairs.add(
                new ClientKeyPair(certificateFile, privateKey.isEmpty() ? certificateFile : file.resolve(privateKey)));
    }

    private void readDialTimeout(String key, @Nullable Object value) {
        if (!(value instanceof String text)) {
            wrongType(key, "a string", "write dial_timeout = \"5s\"");
            return;
        }
        if (text.isEmpty()) {
            return;
        }
        Optional<Duration> parsed = GoDuration.parse(text);
        if (parsed.isEmpty()) {
            file.error(
                    "duration",
                    child(key),
                    "\"" + text + "\" is not a duration",
                    "write it with a unit, such as 5s or 1m500ms");
        } else if (parsed.get().isNegative()) {
            file.error(
                    "negative-timeout",
                    child(key),
                    "the dial timeout is negative, so that every attempt would fail",
                    "write a positive duration such as 5s");
        } else {
            dialTimeout = parsed.get();
        }
    }

    private void readHeaders(String key, @Nullable Object value) {
        if (!(value instanceof TomlTable table)) {
            wrongType(key, "a table", "write [host.\"https://mirror.example\".header]");
            return;
        }
        for (String name : table.keySet()) {
            List<String> headerPath =
                    Stream.concat(child(key).stream(), Stream.of(name)).toList();
            Object given = table.get(List.of(name));
            List<String> values = given instanceof String single ? List.of(single) : null;
            if (given instanceof TomlArray array && items(array).stream().allMatch(String.class::isInstance)) {
                values = items(array).stream().map(String.class::cast).toList();
            }
            if (ROOT_NAMES.contains(name) && !name.equals("host")) {
                file.error(
                        "swallowed-key",
                        headerPath,
                        "\"" + name + "\" stands below the header table, so that TOML takes it for a header",
                        "move it above the line that starts the header table");
            } else if (values == null) {
                file.error(
                        "type",
                        headerPath,
                        "header \"" + name + "\" is neither a string nor an array of strings",
                        "put its value in quotes");
            } else if (!isHeaderName(name)) {
                file.error(
                        "header-name",
                        headerPath,
                        "\"" + name + "\" is not a header name",
                        "use letters, digits and -");
            } else if (!values.stream().allMatch(HostFields::isHeaderValue)) {
                file.error(
                        "header-value",
                        headerPath,
                        "the value of header \"" + name + "\" has control characters",
                        "remove them");
            } else {
                values.forEach(text -> headers.add(new Header(name, text)));
            }
        }
    }

    private void reportUnknown(String key, String name, @Nullable Object value) {
        if (root && (name.equals("server") || name.equals("host"))) {
            return;
        }
        if (!root && name.equals("server")) {
            file.warning(
                    "misplaced-key",
                    child(key),
                    "\"server\" inside a host is ignored",
                    "move it to the top of the file");
        } else if (!root && name.equals("host") && value instanceof TomlTable) {
            file.warning(
                    "nested-host",
                    child(key),
                    "a host inside a host is ignored: hosts do not nest",
                    "write it as a [host.\"…\"] of its own");
        } else {
            String where = root && value instanceof TomlTable ? "table" : "key";
            file.warning(
                    "unknown-key",
                    child(key),
                    "unknown " + where + " \"" + key + "\" is ignored",
                    "remove it or correct it" + Spelling.suggestion(name, root ? ROOT_NAMES : NAMES));
        }
    }

    private @Nullable Boolean readBoolean(String key, @Nullable Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        wrongType(key, "true or false", "write it without quotes: " + key.toLowerCase(Locale.ROOT) + " = true");
        return null;
    }

    private List<String> strings(String key, TomlArray array) {
        List<Object> items = items(array);
        if (items.stream().allMatch(String.class::isInstance)) {
            return items.stream().map(String.class::cast).toList();
        }
        wrongType(key, "an array of strings", "put every item in quotes");
        return List.of();
    }

    private static List<Object> items(TomlArray array) {
        return IntStream.range(0, array.size()).mapToObj(array::get).toList();
    }

    private void wrongType(String key, String wanted, String remedy) {
        file.error("type", child(key), "\"" + key + "\" is not " + wanted, remedy);
    }

    private void warnOfEmptyPath(String key) {
        file.warning(
                "empty-path",
                child(key),
                "an empty path in \"" + key + "\" names no file and is left out",
                "remove it");
    }

    private List<String> child(String key) {
        return Stream.concat(path.stream(), Stream.of(key)).toList();
    }

    private static boolean isHeaderName(String name) {
        return !name.isEmpty()
                && name.chars().allMatch(c -> c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
    }

    private static boolean isHeaderValue(String value) {
        return value.chars().noneMatch(c -> c < ' ' && c != '\t' || c == 127);
    }
}
