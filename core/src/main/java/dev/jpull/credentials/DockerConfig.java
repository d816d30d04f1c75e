// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import dev.jpull.error.ConfigurationException;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The credentials that {@code docker login} keeps in its config.json, and the helpers that it names there (spec section
 * 8.4). The file is read anew for every lookup.
 */
public final class DockerConfig implements CredentialSource {
    private static final int MAX_SIZE = 1 << 20;
    private static final String HUB_KEY = "https://index.docker.io/v1/";
    private static final List<String> HUB_HOSTS = List.of("docker.io", "index.docker.io", "registry-1.docker.io");

    private final Path file;

    /**
     * Reads the credentials from a file when they are needed.
     *
     * @param file a config.json; it need not exist
     */
    public DockerConfig(Path file) {
        this.file = file;
    }

    /** The config.json of the user: in {@code $DOCKER_CONFIG}, else in {@code ~/.docker}. */
    public static DockerConfig ofUser(Map<String, String> environment) {
        String directory = environment.get("DOCKER_CONFIG");
        Path parent = directory == null || directory.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "")), ".docker")
                : Path.of(directory);
        return new DockerConfig(parent.resolve("config.json"));
    }

    /**
     * The credential for a host.
     *
     * @throws ConfigurationException if the file or a helper cannot be used
     */
    @Override
    public Optional<Credential> credentialFor(String host) {
        JsonValue config = read();
        if (config == null) {
            return Optional.empty();
        }
        try {
            String helper = helper(config, key(host));
            return helper.isEmpty() ? stored(config, key(host)) : new CredentialHelper(helper, file).get(key(host));
        } catch (JsonException e) {
            throw new ConfigurationException(file + " cannot be used: " + e.getMessage());
        }
    }

    @Override
    public Optional<String> sourceFor(String host) {
        JsonValue config = read();
        if (config == null) {
            return Optional.empty();
        }
        try {
            String helper = helper(config, key(host));
            return helper.isEmpty()
                    ? stored(config, key(host)).map(known -> file.toString())
                    : Optional.of("docker-credential-" + helper + ", which " + file + " names");
        } catch (JsonException e) {
            throw new ConfigurationException(file + " cannot be used: " + e.getMessage());
        }
    }

    private static String key(String host) {
        return HUB_HOSTS.contains(host) ? HUB_KEY : host;
    }

    /** The helper that is responsible; empty for none. */
    private static String helper(JsonValue config, String key) throws JsonException {
        JsonValue helpers = config.get("credHelpers");
        String own = helpers == null ? null : helpers.text(key);
        String helper = own != null ? own : config.text("credsStore");
        return helper == null ? "" : helper;
    }

    private Optional<Credential> stored(JsonValue config, String key) throws JsonException {
        JsonValue auths = config.get("auths");
        if (auths == null) {
            return Optional.empty();
        }
        JsonValue exact = auths.get(key);
        if (exact != null) {
            return credential(exact);
        }
        for (Map.Entry<String, JsonValue> entry : auths.members().entrySet()) {
            if (hostOf(entry.getKey()).equals(hostOf(key))) {
                return credential(entry.getValue());
            }
        }
        return Optional.empty();
    }

    private static Optional<Credential> credential(JsonValue entry) throws JsonException {
        String identityToken = entry.text("identitytoken");
        if (identityToken != null && !identityToken.isEmpty()) {
            return Optional.of(Credential.identityToken(identityToken));
        }
        String auth = entry.text("auth");
        if (auth != null && !auth.isEmpty()) {
            return Optional.of(decode(entry, auth));
        }
        String username = entry.text("username");
        String password = entry.text("password");
        return username == null || username.isEmpty() || password == null
                ? Optional.empty()
                : Optional.of(new Credential(username, password));
    }

    private static Credential decode(JsonValue entry, String auth) throws JsonException {
        try {
            String decoded = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            if (colon > 0) {
                return new Credential(
                        decoded.substring(0, colon),
                        decoded.substring(colon + 1).replaceAll("\0+$", ""));
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the same complaint, which must not repeat the value.
        }
        throw entry.require("auth").complain("is not user:password in base64");
    }

    private @Nullable JsonValue read() {
        try {
            if (Files.size(file) > MAX_SIZE) {
                throw new ConfigurationException(
                        file + " is larger than " + MAX_SIZE + " bytes: that is no docker config.json");
            }
            byte[] content = Files.readAllBytes(file);
            return content.length == 0 ? null : JsonValue.parse(content);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new ConfigurationException("cannot read " + file + ": " + e, e);
        } catch (JsonException e) {
            throw new ConfigurationException(file + " cannot be used: " + e.getMessage());
        }
    }

    /** The host part of a key, which may have a scheme and a path. */
    private static String hostOf(String key) {
        String host = key.replaceFirst("^https?://", "");
        int slash = host.indexOf('/');
        return slash < 0 ? host : host.substring(0, slash);
    }
}
