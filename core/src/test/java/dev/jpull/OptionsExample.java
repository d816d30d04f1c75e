// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialRefusal;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.event.ProgressMeter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The examples of "Credentials", "Progress" and "Endings" in docs/embedding.md; {@link DocumentsTest} compares both. */
final class OptionsExample {
    private OptionsExample() {}

    /** A client of a cloud, which makes passwords that are valid for some hours. */
    interface Cloud extends AutoCloseable {
        String newPassword();

        @Override
        void close();
    }

    static CredentialSource expiring(Cloud cloud) {
        // begin
        CredentialSource source = new CredentialSource() {
            private final AtomicReference<Credential> cached = new AtomicReference<>();

            @Override
            public Optional<Credential> credentialFor(String host) {
                if (!host.endsWith(".cloud.example")) {
                    return Optional.empty();
                }
                return Optional.of(cached.updateAndGet(
                        known -> known == null ? new Credential("user", cloud.newPassword()) : known));
            }

            @Override
            public Optional<Credential> renewed(CredentialRefusal refusal) {
                Credential known = cached.get();
                if (refusal.refused().equals(known)) {
                    cached.compareAndSet(known, new Credential("user", cloud.newPassword()));
                }
                return Optional.of(cached.get()); // that of another host or puller, if it was first
            }

            @Override
            public void close() {
                cloud.close();
            }
        };
        // end
        return source;
    }

    static void progress(Path store) throws InterruptedException {
        // begin
        ProgressMeter meter = new ProgressMeter();
        try (ImagePuller puller =
                ImagePuller.builder().store(store).listener(meter).build()) {
            var pull = puller.pullAsync(PullRequest.of("registry.example/team/app:1"));
            while (!pull.isDone()) {
                ProgressMeter.Progress all = meter.snapshot().all();
                Duration left = all.remaining();
                System.out.println(all.bytes() + (all.totalKnown() ? " of " + all.total() : "") + " bytes"
                        + (left == null ? "" : ", left: " + left.toSeconds() + " s"));
                TimeUnit.SECONDS.sleep(1);
            }
        }
        // end
    }

    static void timeout(ImagePuller puller) {
        // begin
        PullRequest request = PullRequest.of("registry.example/team/app:1");
        try {
            puller.pull(request.withTimeout(Duration.ofMinutes(5)));
        } catch (RegistryUnavailableException e) {
            // The time was up, or no host could be reached; what was fetched is used by the next pull.
            PulledImage older = puller.pull(request.toBuilder().offline(true).build());
            System.out.println("using " + older.digest());
        }
        // end
    }

    static ImagePuller mirrored(Path store) {
        // begin
        ImagePuller puller = ImagePuller.builder()
                .store(store)
                .mirror("docker.io", URI.create("https://mirror.example/dockerhub"))
                .mirror("docker.io", URI.create("http://cache.example:5000"), ImagePullerBuilder.Capability.PULL)
                .build();
        // end
        return puller;
    }
}
