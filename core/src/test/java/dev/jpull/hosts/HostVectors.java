// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.address.Localhost;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.testdata.Vector;
import dev.jpull.toml.GoDuration;
import dev.jpull.vectors.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Cases about host configuration. Paths of the cases are laid out below a temporary directory. */
public final class HostVectors {
    private final Path temporary;
    private int number;

    public HostVectors(Path temporary) {
        this.temporary = temporary;
    }

    public Outcome isLocalhost(Vector vector) {
        return Outcome.of(Outcome.object()
                .put(
                        "localhost",
                        Localhost.isLocalhost(vector.input().get("host").stringValue())));
    }

    public Outcome lookup(Vector vector) throws IOException {
        JsonNode input = vector.input();
        String host = input.get("host").stringValue();
        if (Outcome.text(input, "os", "").equals("windows")) {
            ObjectNode actual = Outcome.object();
            actual.set(
                    "candidates",
                    Outcome.array(HostsDirectory.candidateNames(host, true).stream()
                            .map(name -> input.get("root").stringValue() + "\\" + name)
                            .toList()));
            return Outcome.of(actual);
        }
        Path base = layout(Outcome.texts(input.get("entries")));
        List<String> roots = input.get("roots") == null
                ? List.of(input.get("root").stringValue())
                : Outcome.texts(input.get("roots"));
        List<String> candidates = new ArrayList<>();
        Path found = null;
        try {
            for (String root : roots) {
                HostsDirectory directory = new HostsDirectory(below(base, root));
                directory.candidates(host).forEach(path -> candidates.add(shown(base, path)));
                Optional<Path> match = found == null ? directory.find(host) : Optional.empty();
                found = match.orElse(found);
            }
        } catch (ConfigurationException e) {
            return Outcome.error();
        }
        ObjectNode actual = Outcome.object();
        actual.set("candidates", Outcome.array(candidates));
        actual.put("found", found == null ? null : shown(base, found));
        return Outcome.of(actual);
    }

    public Outcome load(Vector vector) throws IOException {
        JsonNode input = vector.input();
        Path base = layout(Outcome.texts(input.get("entries")));
        for (Map.Entry<String, JsonNode> file : input.get("files").properties()) {
            Path path = below(base, file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue().stringValue());
        }
        try {
            return outcome(
                    HostsDirectory.load(below(base, input.get("dir").stringValue()))
                            .usable(),
                    base);
        } catch (ConfigurationException e) {
            return Outcome.error();
        }
    }

    public Outcome toml(Vector vector) throws IOException {
        JsonNode input = vector.input();
        Path base = layout(List.of());
        Path directory = below(base, input.get("dir").stringValue());
        try {
            String text = input.get("toml").stringValue();
            return outcome(
                    HostsToml.parse(directory.resolve("hosts.toml"), directory, text)
                            .usable(),
                    base);
        } catch (ConfigurationException e) {
            return Outcome.error();
        }
    }

    public Outcome endpoints(Vector vector) throws IOException {
        JsonNode input = vector.input();
        try {
            NamespaceHosts hosts = hosts(
                    input.get("namespace").stringValue(),
                    input.get("hosts_toml"),
                    new HostDefaults(
                            input.get("default_scheme") == null
                                    ? null
                                    : input.get("default_scheme").stringValue(),
                            Outcome.flag(input, "default_tls")
                                    ? new TlsSettings(List.of(), true, List.of(), null)
                                    : null));
            ObjectNode actual = Outcome.object();
            ArrayNode endpoints = actual.putArray("endpoints");
            for (RegistryHost host : hosts.hosts()) {
                ObjectNode json = endpoints.addObject();
                json.set("capabilities", capabilities(host.capabilities()));
                json.put("host", host.host());
                json.put("http_fallback", host.httpFallback());
                json.put("insecure_skip_verify", host.tls().insecure());
                json.put("path", host.path());
                json.put("scheme", host.scheme());
                addHeaders(json, host.headers());
                if (!host.dialTimeout().equals(RegistryHost.DEFAULT_DIAL_TIMEOUT) && hasTimeout(vector)) {
                    json.put("dial_timeout_ms", host.dialTimeout().toMillis());
                }
            }
            return new Outcome(actual, codes(hosts.findings()));
        } catch (ConfigurationException e) {
            return Outcome.error();
        }
    }

    public Outcome criConfig(Vector vector) throws IOException {
        Path file = Files.writeString(
                layout(List.of()).resolve("config.toml"),
                vector.input().get("config_toml").stringValue());
        try {
            CriConfig config = CriConfig.read(file);
            ObjectNode actual = Outcome.object();
            actual.put("mode", config.usesMirrors() ? "mirrors" : "config_path");
            actual.put("max_concurrent_downloads", config.maxConcurrentDownloads());
            String timeout = Outcome.text(vector.expect(), "image_pull_progress_timeout", "");
            boolean sameTimeout = GoDuration.parse(timeout)
                    .filter(config.progressTimeout()::equals)
                    .isPresent();
            actual.put(
                    "image_pull_progress_timeout",
                    sameTimeout ? timeout : config.progressTimeout().toString());
            actual.set(
                    "deprecations",
                    Outcome.array(codes(config.findings()).stream()
                            .filter(code -> !code.equals("cri-registry-tls"))
                            .sorted()
                            .toList()));
            if (config.usesMirrors()) {
                addMirrors(actual, config, vector.input().get("namespace").stringValue());
            } else {
                actual.set("config_path", Outcome.array(config.configPath()));
            }
            addCredentials(actual, config);
            addHeaders(actual, config.headers());
            if (actual.has("header")) {
                actual.set("headers", actual.remove("header"));
            }
            return new Outcome(actual, codes(config.findings()));
        } catch (ConfigurationException e) {
            return Outcome.error();
        }
    }

    private static void addMirrors(ObjectNode actual, CriConfig config, String namespace) {
        ArrayNode endpoints = actual.putArray("endpoints");
        ContainerdHosts hosts = new ContainerdHosts(List.of(), HostDefaults.NONE, config);
        for (RegistryHost host : hosts.hostsFor(namespace).hosts()) {
            ObjectNode json = endpoints.addObject();
            json.set("capabilities", capabilities(host.capabilities()));
            json.put("host", host.host()).put("path", host.path()).put("scheme", host.scheme());
        }
    }

    private static void addCredentials(ObjectNode actual, CriConfig config) {
        if (!config.configs().isEmpty()) {
            ObjectNode credentials = actual.putObject("credentials");
            config.configs().forEach((host, settings) -> {
                CriAuth auth = settings.auth();
                if (auth != null) {
                    auth.credentialFor(host)
                            .ifPresent(credential -> credentials
                                    .putObject(host)
                                    .put("username", credential.username())
                                    .put("secret", credential.secret().reveal()));
                }
            });
        }
    }

    /** The hosts that a hosts.toml, or its absence, gives a namespace. */
    public NamespaceHosts hosts(String namespace, JsonNode toml, HostDefaults defaults) throws IOException {
        Path root = layout(List.of());
        if (toml != null && !toml.isNull()) {
            Path directory = Files.createDirectories(root.resolve(namespace));
            Files.writeString(directory.resolve("hosts.toml"), toml.stringValue());
        }
        return new ContainerdHosts(List.of(root), defaults).hostsFor(namespace);
    }

    private static boolean hasTimeout(Vector vector) {
        for (JsonNode endpoint : vector.expect().path("endpoints")) {
            if (endpoint.has("dial_timeout_ms")) {
                return true;
            }
        }
        return false;
    }

    private static Outcome outcome(HostsFile file, Path base) {
        ObjectNode actual = Outcome.object();
        ArrayNode hosts = actual.putArray("hosts");
        for (HostEntry entry : file.entries()) {
            ObjectNode json = hosts.addObject();
            json.set("capabilities", capabilities(entry.capabilities()));
            json.put("host", entry.host());
            // containerd keeps the double slash of "https://host/" here, and cleans it when it makes a request.
            json.put("path", entry.path());
            json.put("scheme", entry.scheme());
            if (!entry.tls().ca().isEmpty()) {
                json.set(
                        "ca",
                        Outcome.array(entry.tls().ca().stream()
                                .map(path -> shown(base, path))
                                .toList()));
            }
            if (!entry.tls().client().isEmpty()) {
                ArrayNode pairs = json.putArray("client");
                for (ClientKeyPair pair : entry.tls().client()) {
                    boolean one = pair.key().equals(pair.certificate());
                    pairs.addArray().add(shown(base, pair.certificate())).add(one ? "" : shown(base, pair.key()));
                }
            }
            if (entry.tls().skipVerify() != null) {
                json.put("skip_verify", entry.tls().skipVerify());
            }
            addHeaders(json, entry.headers());
            if (entry.dialTimeout() != null) {
                json.put("dial_timeout_ms", entry.dialTimeout().toMillis());
            }
        }
        return new Outcome(actual, codes(file.findings()));
    }

    private static void addHeaders(ObjectNode json, List<Header> headers) {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        for (Header header : headers) {
            byName.computeIfAbsent(header.name(), unseen -> new ArrayList<>())
                    .add(header.value().reveal());
        }
        if (!byName.isEmpty()) {
            ObjectNode object = json.putObject("header");
            byName.forEach((name, values) -> object.set(name, Outcome.array(values)));
        }
    }

    private static ArrayNode capabilities(Set<Capability> capabilities) {
        return Outcome.array(capabilities.stream()
                .sorted(Comparator.naturalOrder())
                .map(Capability::label)
                .toList());
    }

    private static List<String> codes(List<Finding> findings) {
        return findings.stream().map(Finding::code).toList();
    }

    private Path layout(List<String> entries) throws IOException {
        Path base = Files.createDirectories(temporary.resolve("case-" + number++));
        for (String entry : entries) {
            int arrow = entry.indexOf(" -> ");
            if (arrow >= 0) {
                Path link = below(base, entry.substring(0, arrow));
                Files.createDirectories(link.getParent());
                Files.createSymbolicLink(link, below(base, entry.substring(arrow + 4)));
            } else if (entry.endsWith("/")) {
                Files.createDirectories(below(base, entry));
            } else {
                Path file = below(base, entry);
                Files.createDirectories(file.getParent());
                Files.writeString(file, "x");
            }
        }
        return base;
    }

    private static Path below(Path base, String absolute) {
        return base.resolve(absolute.replaceFirst("^/", ""));
    }

    private static String shown(Path base, Path path) {
        return path.startsWith(base) ? "/" + base.relativize(path) : path.toString();
    }
}
