// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import dev.jpull.address.DockerHub;
import dev.jpull.error.ConfigurationException;
import dev.jpull.file.EnvironmentPath;
import dev.jpull.file.HomeDirectory;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.text.ForeignText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The credentials that {@code docker login} keeps in its config.json, and the helpers that it names there; before them,
 * those of {@code $DOCKER_AUTH_CONFIG} (docs/containerd.md section 8.4). The file is read anew for every lookup.
 */
final class DockerConfig implements CredentialSource {
    private static final String VARIABLE = "DOCKER_AUTH_CONFIG";
    private static final Set<String> VARIABLE_FIELDS = Set.of("auth", "username", "password");
    private static final String HTTPS_PORT = ":443";

    private final Path file;
    private final String variable;

    /**
     * Reads the credentials from a file when they are needed.
     *
     * @param file a config.json; it need not exist
     */
    DockerConfig(Path file) {
        this(file, "");
    }

    /**
     * The same, with the content of {@code $DOCKER_AUTH_CONFIG}.
     *
     * @param variable its content; empty for none
     */
    DockerConfig(Path file, String variable) {
        this.file = Objects.requireNonNull(file, "file");
        this.variable = variable;
    }

    /** The config.json of the user: in {@code $DOCKER_CONFIG}, else in {@code ~/.docker}. */
    static DockerConfig ofUser(Map<String, String> environment) {
        String directory = environment.getOrDefault("DOCKER_CONFIG", "");
        Path parent = directory.isEmpty()
                ? HomeDirectory.of(environment).resolve(".docker")
                : EnvironmentPath.of("DOCKER_CONFIG", directory);
        return new DockerConfig(parent.resolve("config.json"), environment.getOrDefault(VARIABLE, ""));
    }

    /**
     * The credential for a host.
     *
     * @throws ConfigurationException if the file or a helper cannot be used
     */
    @Override
    public Optional<Credential> credentialFor(String host) {
        Optional<Credential> known = fromVariable(host).flatMap(AuthFile.Entry::credential);
        if (known.isPresent()) {
            return known;
        }
        Optional<CredentialHelper> helper = helper(host);
        return helper.isPresent() ? helper.get().get(key(host)) : fromFile(host).flatMap(AuthFile.Entry::credential);
    }

    @Override
    public Optional<String> sourceFor(String host) {
        if (fromVariable(host).flatMap(AuthFile.Entry::credential).isPresent()) {
            return Optional.of("$" + VARIABLE);
        }
        Optional<CredentialHelper> helper = helper(host);
        return helper.isPresent()
                ? Optional.of(helper.get().program() + ", which " + file + " names")
                : fromFile(host).flatMap(AuthFile.Entry::credential).map(credential -> file.toString());
    }

    /** The helper that keeps the credentials for a host. */
    Optional<CredentialHelper> helper(String host) {
        return AuthFile.read(file)
                .map(read -> read.helper(key(host)))
                .filter(name -> !name.isEmpty())
                .map(name -> new CredentialHelper(name, file));
    }

    /** What the file itself says about a host. */
    Optional<AuthFile.Entry> fromFile(String host) {
        return AuthFile.read(file).flatMap(read -> find(read, host));
    }

    /**
     * What the variable says about a host: by its exact key, as docker has it. Anything else in it than {@code auths} with
     * users and passwords makes docker ignore the variable, and so do we; what is no JSON is an error.
     */
    Optional<AuthFile.Entry> fromVariable(String host) {
        if (variable.isEmpty()) {
            return Optional.empty();
        }
        try {
            JsonValue json = JsonValue.parse(variable.getBytes(StandardCharsets.UTF_8));
            return isPlain(json) ? exact(AuthFile.parse(json), host) : Optional.empty();
        } catch (JsonException e) {
            throw new ConfigurationException("the variable " + VARIABLE + " cannot be used: "
                    + ForeignText.line(String.valueOf(e.getMessage())) + "; correct it, or unset it");
        }
    }

    private static boolean isPlain(JsonValue json) throws JsonException {
        if (!json.members().keySet().equals(Set.of("auths"))) {
            return false;
        }
        for (JsonValue entry : json.require("auths").members().values()) {
            if (!VARIABLE_FIELDS.containsAll(entry.members().keySet())) {
                return false;
            }
        }
        return true;
    }

    /** What docker calls a host. */
    static String key(String host) {
        return DockerHub.isRegistry(host) ? DockerHub.CREDENTIALS_KEY : host;
    }

    /** The entry by its key. That of {@code registry.example} is for {@code registry.example:443} too, which is the same. */
    private static Optional<AuthFile.Entry> exact(AuthFile read, String host) {
        AuthFile.Entry entry = read.entries().get(key(host));
        return entry == null && host.endsWith(HTTPS_PORT)
                ? exact(read, host.substring(0, host.length() - HTTPS_PORT.length()))
                : Optional.ofNullable(entry);
    }

    /** The entry by its key, else by the host in its key, which may have a scheme and a path. */
    private static Optional<AuthFile.Entry> find(AuthFile read, String host) {
        String key = key(host);
        AuthFile.Entry exact = read.entries().get(key);
        if (exact != null) {
            return Optional.of(exact);
        }
        for (Map.Entry<String, AuthFile.Entry> entry : read.entries().entrySet()) {
            if (hostOf(entry.getKey()).equals(key)) {
                return Optional.of(entry.getValue());
            }
        }
        return host.endsWith(HTTPS_PORT)
                ? find(read, host.substring(0, host.length() - HTTPS_PORT.length()))
                : Optional.empty();
    }

    private static String hostOf(String key) {
        int scheme = key.indexOf("://");
        String rest = scheme < 0 ? key : key.substring(scheme + "://".length());
        int slash = rest.indexOf('/');
        return slash < 0 ? rest : rest.substring(0, slash);
    }
}
