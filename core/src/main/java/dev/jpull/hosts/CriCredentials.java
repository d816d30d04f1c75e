// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import java.util.List;
import java.util.Optional;

/** The credentials in a CRI configuration, by the host that asks (docs/containerd.md section 8.4). */
record CriCredentials(CriConfig config) implements CredentialSource {
    @Override
    public Optional<Credential> credentialFor(String host) {
        CriConfig.HostSettings settings = config.configs().get(host);
        CriAuth auth = settings == null ? null : settings.auth();
        return auth == null ? Optional.empty() : auth.credentialFor(host);
    }

    @Override
    public List<Credential> held() {
        return config.configs().keySet().stream()
                .flatMap(host -> credentialFor(host).stream())
                .toList();
    }

    @Override
    public Optional<String> sourceFor(String host) {
        return credentialFor(host).map(known -> "the CRI configuration");
    }
}
