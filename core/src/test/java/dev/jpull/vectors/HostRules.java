// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.testdata.Vector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Conditions and rules about hosts, and about whose credentials are whose. */
final class HostRules {
    private HostRules() {}

    static boolean isIpv6WithoutPort(String host) {
        return host.endsWith("]") || host.indexOf(':') != host.lastIndexOf(':') && !host.startsWith("[");
    }

    static boolean namesHttpHost(JsonNode input) {
        return Outcome.text(input, "hosts_toml", "").contains("http://");
    }

    /** Whether containerd takes a host that OkHttp cannot even make a URL of, or that is a wrong IPv4 address. */
    static boolean expectsHostThatCannotBe(JsonNode expect) {
        List<String> hosts = new ArrayList<>();
        for (String field : List.of("hosts", "endpoints")) {
            expect.path(field).forEach(host -> hosts.add(Outcome.text(host, "host", "")));
        }
        for (JsonNode request : expect.path("fetch_blob")) {
            hosts.add(request.stringValue().replaceFirst("^.*?://", "").replaceFirst("/.*", ""));
        }
        return hosts.stream()
                .anyMatch(host -> !host.isEmpty()
                        && (HttpUrl.parse("https://" + host) == null || host.matches("([^/]*\\.)?[0-9]+(:[0-9]+)?")));
    }

    /** The same endpoints, but that only a host that was written as http falls back to it. */
    static boolean fallbackWhereHttpWasWritten(Vector vector, JsonNode actual) {
        JsonNode expected = vector.expect().get("endpoints");
        String toml = Outcome.text(vector.input(), "hosts_toml", "");
        if (expected == null || expected.size() != actual.path("endpoints").size()) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            ObjectNode endpoint = (ObjectNode) actual.get("endpoints").get(i).deepCopy();
            boolean written = toml.contains("http://" + endpoint.get("host").stringValue());
            if (endpoint.get("http_fallback").booleanValue() && !written) {
                return false;
            }
            endpoint.set("http_fallback", expected.get(i).get("http_fallback"));
            if (!endpoint.equals(expected.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The credentials are those of the registry by its other name, of which docker says the same. */
    static boolean sameAsFor(Vector vector, JsonNode actual, String pattern, String other) {
        String registry = vector.input().get("registry").stringValue().replaceFirst(pattern, other);
        try {
            Path file = Files.createTempFile("docker", ".json");
            try {
                Files.writeString(file, vector.input().get("config_json").stringValue());
                CredentialSource config = CredentialSource.ofDockerConfig(file);
                String user = config.credentialFor(registry)
                        .map(credential -> credential.username())
                        .orElse("");
                return !user.isEmpty() && user.equals(actual.path("username").asString(""));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
