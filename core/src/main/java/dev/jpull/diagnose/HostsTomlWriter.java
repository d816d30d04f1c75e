// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.hosts.Header;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a hosts.toml. */
final class HostsTomlWriter {
    private final StringBuilder text = new StringBuilder();

    private HostsTomlWriter() {}

    /**
     * The file for some hosts.
     *
     * @param hosts the hosts in order, the registry itself last
     * @param named whether the last one is written by its name, rather than left to the rules
     */
    static String write(List<RegistryHost> hosts, boolean named) {
        HostsTomlWriter writer = new HostsTomlWriter();
        RegistryHost server = hosts.get(hosts.size() - 1);
        if (named) {
            writer.line("server = " + quoted(address(server)));
        }
        writer.fields(server);
        writer.headers(server, "[header]");
        for (RegistryHost host : hosts.subList(0, hosts.size() - 1)) {
            String key = "host." + quoted(address(host));
            writer.text.append(writer.text.isEmpty() ? "" : "\n");
            writer.line("[" + key + "]");
            writer.line("capabilities = [\"pull\", \"resolve\"]");
            writer.fields(host);
            writer.headers(host, "[" + key + ".header]");
        }
        return writer.text.isEmpty() ? "# the rules alone\n" : writer.text.toString();
    }

    /** What is asked for at a host, without what belongs to an image. */
    static String url(RegistryHost host) {
        List<String> segments = new ArrayList<>();
        for (String segment : host.path().split("/")) {
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return host.scheme() + "://" + host.host() + "/" + String.join("/", segments);
    }

    /** A file of this writer with stars instead of header values; headers are the only lines that begin with a quote. */
    static String withoutHeaderValues(String text) {
        return text.replaceAll("(?m)^(\"(?:[^\"\\\\]|\\\\.)*\" = ).*$", "$1[\"***\"]");
    }

    static List<Path> absolute(List<Path> files) {
        return files.stream().map(file -> file.toAbsolutePath().normalize()).toList();
    }

    private static String address(RegistryHost host) {
        String path = host.path().equals("/v2") ? "" : host.path();
        return (host.httpFallback() ? "http" : host.scheme()) + "://" + host.host() + path;
    }

    private void fields(RegistryHost host) {
        boolean added = host.path().equals("/v2") || host.path().endsWith("/v2");
        if (!added) {
            line("override_path = true");
        }
        TlsSettings tls = host.tls();
        if (!tls.ca().isEmpty()) {
            line("ca = " + list(absolute(tls.ca())));
        }
        if (!tls.client().isEmpty()) {
            line("client = "
                    + tls.client().stream()
                            .map(pair -> list(absolute(List.of(pair.certificate(), pair.key()))))
                            .collect(Collectors.joining(", ", "[", "]")));
        }
        if (tls.skipVerify() != null) {
            line("skip_verify = " + tls.skipVerify());
        }
    }

    private void headers(RegistryHost host, String table) {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        for (Header header : host.headers()) {
            byName.computeIfAbsent(header.name(), unseen -> new ArrayList<>())
                    .add(quoted(header.value().reveal()));
        }
        if (!byName.isEmpty()) {
            line(table);
            byName.forEach((name, values) -> line(quoted(name) + " = [" + String.join(", ", values) + "]"));
        }
    }

    private static String list(List<Path> files) {
        return files.stream().map(file -> quoted(file.toString())).collect(Collectors.joining(", ", "[", "]"));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    /** A basic string of TOML. */
    private static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == 127) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
