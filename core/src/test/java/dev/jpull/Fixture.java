// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.http.HttpOptions;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A hosts directory and a store below a temporary directory, and pullers that use them. */
final class Fixture {
    static final String NAMESPACE = "registry.example";

    private final Path root;
    private final TlsImplementation tls;

    Fixture(Path root) {
        this(root, TlsImplementation.JSSE);
    }

    Fixture(Path root, TlsImplementation tls) {
        this.root = root;
        this.tls = tls;
    }

    /** A host as a hosts.toml has it. */
    static String host(TestRegistry registry, String... capabilities) {
        return host(registry.origin(), capabilities);
    }

    static String host(String origin, String... capabilities) {
        String list = Stream.of(capabilities).map(word -> "\"" + word + "\"").collect(Collectors.joining(", "));
        return "[host.\"" + origin + "\"]\n  capabilities = [" + list + "]\n";
    }

    /** Writes the hosts.toml of the namespace. */
    Fixture hosts(String... parts) {
        TestCertificates.write(directory().resolve("hosts.toml"), String.join("\n", parts));
        return this;
    }

    Path directory() {
        return root.resolve("certs.d").resolve(NAMESPACE);
    }

    Path store() {
        return root.resolve("store");
    }

    Path blob(String digest) {
        return store().resolve("blobs").resolve(digest.replace(':', '/').toLowerCase(Locale.ROOT));
    }

    /** A builder for a puller whose hosts directory is there, and may be empty. */
    ImagePullerBuilder builder() {
        try {
            Files.createDirectories(root.resolve("certs.d"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ImagePuller.builder()
                .environment(Map.of())
                .tlsProvider(tls)
                .hostsDirectory(root.resolve("certs.d"))
                .store(store());
    }

    /** A builder whose pullers retry without a pause, for tests that are not about the length of pauses. */
    ImagePullerBuilder retryingAtOnce() {
        return builder().waits((pause, cancellation) -> {}, HttpOptions.DEFAULT_STALL_TIMEOUT);
    }

    PulledImage pull(String reference) {
        try (ImagePuller puller = retryingAtOnce().build()) {
            return puller.pull(reference);
        }
    }
}
