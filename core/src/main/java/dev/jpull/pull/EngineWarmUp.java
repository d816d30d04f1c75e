// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpOptions;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.ImageDocument;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.util.function.Supplier;

/** Loads the classes that a first pull needs. */
public final class EngineWarmUp {
    private static final String MANIFEST = """
            {"schemaVersion": 2, "mediaType": "%1$s", "layers": [],
             "config": {"mediaType": "%2$s", "digest": "sha256:%3$s", "size": 1}}
            """.formatted(MediaType.OCI_MANIFEST, MediaType.OCI_CONFIG, "0".repeat(64));

    private EngineWarmUp() {}

    /**
     * Loads them.
     *
     * @param tls whether TLS is part of it
     * @param tlsProvider is asked for the provider of TLS when it is
     */
    public static void run(boolean tls, Supplier<Provider> tlsProvider) {
        try (HttpClients clients = new HttpClients(HttpOptions.withTlsProvider(tlsProvider))) {
            clients.warmUp(tls);
        }
        ImageDocument.parse(MANIFEST.getBytes(StandardCharsets.UTF_8), MediaType.OCI_MANIFEST);
    }
}
