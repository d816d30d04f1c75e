// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpOptions;
import dev.jpull.http.TlsUse;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.DocumentJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Loads the classes that a first pull needs. */
public final class EngineWarmUp {
    private static final String MANIFEST = """
            {"schemaVersion": 2, "mediaType": "%1$s", "layers": [],
             "config": {"mediaType": "%2$s", "digest": "sha256:%3$s", "size": 1}}
            """.formatted(MediaType.OCI_MANIFEST, MediaType.OCI_CONFIG, "0".repeat(64));

    /** The block of SHA-256, in bytes. */
    private static final int BLOCK = 64;

    private static final int CALLS = 64;

    private EngineWarmUp() {}

    /**
     * Loads them.
     *
     * @param tls what of TLS is part of it
     * @param tlsProvider is asked for the provider of TLS when any is
     */
    public static void run(TlsUse tls, Supplier<Provider> tlsProvider) {
        try (HttpClients clients = new HttpClients(HttpOptions.withTlsProvider(tlsProvider))) {
            CompletableFuture<Void> secure = tls == TlsUse.NONE
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.runAsync(() -> clients.warmUpTls(tls), EngineWarmUp::startThread);
            try {
                hash();
                clients.warmUp();
                DocumentJson.parse(MANIFEST.getBytes(StandardCharsets.UTF_8), MediaType.OCI_MANIFEST);
            } finally {
                secure.join();
            }
        }
    }

    /** The classes of TLS take as long as all others: they are loaded at the same time. */
    private static void startThread(Runnable task) {
        Thread thread = new Thread(task, "jpull-warm-up-tls");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Calls SHA-256 until the compiler, with the thresholds that the launcher sets, uses the processor's instructions for it: without
     * them, a hash takes a hundred times as long.
     */
    private static void hash() {
        MessageDigest hash = Digest.Algorithm.SHA256.newMessageDigest();
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < CALLS; i++) {
            hash.update(block);
        }
    }
}
