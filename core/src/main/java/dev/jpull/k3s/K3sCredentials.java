// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import java.util.List;
import java.util.Optional;

/**
 * The credentials in a registries.yaml, by the host that asks: k3s writes them into the CRI configuration of its containerd, where
 * Docker Hub is {@code registry-1.docker.io} and {@code *} stands for no host.
 */
record K3sCredentials(RegistriesYaml file) implements CredentialSource {
    @Override
    public Optional<Credential> credentialFor(String host) {
        RegistriesYaml.Config config = file.configs().get(host);
        return config == null || config.auth() == null
                ? Optional.empty()
                : config.auth().credentials().credentialFor(host);
    }

    @Override
    public List<Credential> held() {
        return file.configs().keySet().stream()
                .flatMap(host -> credentialFor(host).stream())
                .toList();
    }

    @Override
    public Optional<String> sourceFor(String host) {
        RegistriesYaml.Config config = file.configs().get(host);
        return credentialFor(host)
                .flatMap(known -> Optional.ofNullable(config).map(RegistriesYaml.Config::auth))
                .map(auth -> auth.position().toString());
    }
}
