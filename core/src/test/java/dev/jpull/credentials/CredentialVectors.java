// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.CriAuth;
import dev.jpull.secret.Secret;
import dev.jpull.testdata.Vector;
import dev.jpull.vectors.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Cases about where credentials come from. */
public final class CredentialVectors {
    private final Path temporary;
    private int number;

    public CredentialVectors(Path temporary) {
        this.temporary = temporary;
    }

    public Outcome dockerConfig(Vector vector) throws IOException {
        JsonNode input = vector.input();
        Path file = Files.writeString(
                temporary.resolve("docker-" + number++ + ".json"),
                input.get("config_json").stringValue());
        DockerConfig config = new DockerConfig(file, Outcome.text(input, "docker_auth_config_env", ""));
        String host = input.get("registry").stringValue();
        ObjectNode actual = Outcome.object();
        try {
            Optional<AuthFile.Entry> entry = config.fromVariable(host);
            if (entry.isEmpty() && config.helper(host).isPresent()) {
                return Outcome.of(actual.put("helper", config.helper(host).get().program())
                        .put("server_url", DockerConfig.key(host)));
            }
            entry = entry.or(() -> config.fromFile(host));
            actual.put("username", entry.map(AuthFile.Entry::username).orElse(""));
            actual.put(
                    "password",
                    entry.map(AuthFile.Entry::password).orElse(Secret.NONE).reveal());
            Secret token = entry.map(AuthFile.Entry::identityToken).orElse(Secret.NONE);
            if (!token.isEmpty()) {
                actual.put("identity_token", token.reveal());
            }
            return Outcome.of(actual);
        } catch (ConfigurationException e) {
            return Outcome.error();
        }
    }

    public Outcome criAuth(Vector vector) {
        JsonNode auth = vector.input().get("auth");
        String host = vector.input().get("host").stringValue();
        try {
            Optional<Credential> credential = auth == null || auth.isNull()
                    ? Optional.empty()
                    : new CriAuth(
                                    Outcome.text(auth, "username", ""),
                                    Secret.of(Outcome.text(auth, "password", "")),
                                    Secret.of(Outcome.text(auth, "auth", "")),
                                    Secret.of(Outcome.text(auth, "identity_token", "")),
                                    Outcome.text(auth, "server_address", ""))
                            .credentialFor(host);
            return Outcome.of(Outcome.object()
                    .put("username", credential.map(Credential::username).orElse(""))
                    .put(
                            "secret",
                            credential
                                    .map(Credential::secret)
                                    .orElse(Secret.NONE)
                                    .reveal()));
        } catch (ConfigurationException e) {
            return Outcome.error();
        }
    }
}
