// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import dev.jpull.address.DockerHub;
import dev.jpull.error.ConfigurationException;
import dev.jpull.file.EnvironmentPath;
import dev.jpull.file.HomeDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The credentials that {@code podman login} keeps in its auth.json; a key may name a repository or a part of its path, and
 * the longest that fits counts (containers-auth.json(5)). The file is read anew for every lookup.
 */
final class PodmanAuth implements CredentialSource {
    private final Path file;

    /**
     * Reads the credentials from a file when they are needed.
     *
     * @param file an auth.json; it need not exist
     */
    PodmanAuth(Path file) {
        this.file = Objects.requireNonNull(file, "file");
    }

    /** The file of the user: {@code $REGISTRY_AUTH_FILE}, else in {@code $XDG_RUNTIME_DIR}, else in the configuration. */
    static PodmanAuth ofUser(Map<String, String> environment) {
        String own = environment.getOrDefault("REGISTRY_AUTH_FILE", "");
        if (!own.isEmpty()) {
            return new PodmanAuth(EnvironmentPath.of("REGISTRY_AUTH_FILE", own));
        }
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        Path directory = runtime.isEmpty()
                ? HomeDirectory.of(environment).resolve(".config")
                : EnvironmentPath.of("XDG_RUNTIME_DIR", runtime);
        return new PodmanAuth(directory.resolve("containers").resolve("auth.json"));
    }

    @Override
    public Optional<Credential> credentialFor(String host) {
        return credentialFor(host, "");
    }

    /**
     * The credential for a repository.
     *
     * @throws ConfigurationException if the file or a helper cannot be used
     */
    @Override
    public Optional<Credential> credentialFor(String host, String repository) {
        AuthFile read = AuthFile.read(file).orElse(null);
        if (read == null) {
            return Optional.empty();
        }
        String key = key(host);
        String helper = read.helper(key);
        if (!helper.isEmpty()) {
            return new CredentialHelper(helper, file).get(key);
        }
        for (String candidate : candidates(key, repository)) {
            AuthFile.Entry entry = read.entries().get(candidate);
            if (entry != null) {
                return entry.credential();
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> sourceFor(String host) {
        AuthFile read = AuthFile.read(file).orElse(null);
        String key = key(host);
        if (read == null) {
            return Optional.empty();
        }
        boolean named = !read.helper(key).isEmpty()
                || read.entries().keySet().stream().anyMatch(known -> known.equals(key) || known.startsWith(key + "/"));
        return named ? Optional.of(file.toString()) : Optional.empty();
    }

    /** The name that podman has for a host. */
    private static String key(String host) {
        return host.equals(DockerHub.API_HOST) ? DockerHub.NAMESPACE : host;
    }

    /** The keys that may hold the credential, the longest first. */
    private static List<String> candidates(String key, String repository) {
        List<String> candidates = new ArrayList<>();
        for (String path = repository; !path.isEmpty(); ) {
            candidates.add(key + "/" + path);
            int slash = path.lastIndexOf('/');
            path = slash < 0 ? "" : path.substring(0, slash);
        }
        candidates.add(key);
        if (key.equals(DockerHub.NAMESPACE)) {
            candidates.add(DockerHub.CREDENTIALS_KEY);
        }
        return candidates;
    }
}
