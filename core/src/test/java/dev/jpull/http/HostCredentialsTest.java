// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialRefusal;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often a source is asked for another credential, and what is remembered of its answers. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HostCredentialsTest {
    private static final Credential OLD = credential("old");
    private static final Credential NEW = credential("new");

    private long now = Long.MAX_VALUE; // as the clock of the runtime, which may begin anywhere
    private final List<CredentialRefusal> asked = new ArrayList<>();
    private Function<CredentialRefusal, Optional<Credential>> answer = refusal -> Optional.empty();
    private final HostCredentials credentials = new HostCredentials("h", source(), new SecretMask(), () -> now);

    private static Credential credential(String name) {
        return new Credential("user", name + "-password");
    }

    private CredentialSource source() {
        return new CredentialSource() {
            @Override
            public Optional<Credential> credentialFor(String host) {
                return Optional.of(OLD);
            }

            @Override
            public Optional<Credential> renewed(CredentialRefusal refusal) {
                synchronized (asked) {
                    asked.add(refusal);
                }
                return answer.apply(refusal);
            }
        };
    }

    private @Nullable Credential renewed(Credential refused, String repository, int status) {
        if (status == 401) {
            credentials.refuse(refused);
        }
        Exchange exchange = new Exchange(new Cancellation(), Duration.ofSeconds(20), new ReadAllowance());
        try {
            return credentials.renewed(new CredentialRefusal("h", repository, refused, status, "basic"), exchange);
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            exchange.end();
        }
    }

    @Test
    void aForbiddenRepositoryDoesNotUseUpTheRenewal() {
        for (int i = 0; i < 10; i++) {
            assertThat(renewed(OLD, "forbidden/" + i, 403)).isNull();
            assertThat(renewed(OLD, "forbidden/" + i, 403)).isNull();
        }
        assertThat(asked).as("once for each repository").hasSize(10);
        answer = refusal -> Optional.of(NEW);
        assertThat(renewed(OLD, "forbidden/1", 401)).isEqualTo(NEW);
        assertThat(credentials.given("any")).isEqualTo(NEW);
    }

    @Test
    void aRefusalDoesNotTakeTheAnswerToAForbiddenRepository() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        answer = refusal -> {
            if (refusal.status() == 401) {
                return Optional.of(NEW);
            }
            waiting.countDown();
            await(release);
            return Optional.empty();
        };
        CompletableFuture<Credential> forbidden = CompletableFuture.supplyAsync(() -> renewed(OLD, "a", 403));
        await(waiting);
        CompletableFuture<Credential> refused = CompletableFuture.supplyAsync(() -> renewed(OLD, "b", 401));
        release.countDown();
        assertThat(forbidden.get()).isNull();
        assertThat(refused.get()).isEqualTo(NEW);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anAnswerWithoutACredentialHoldsForAMinute() {
        assertThat(renewed(OLD, "a", 401)).isNull();
        assertThat(renewed(OLD, "b", 401)).isNull();
        assertThat(asked).hasSize(1);
        now += HostCredentials.RENEWAL_PAUSE.toNanos() + 1;
        answer = refusal -> Optional.of(NEW);
        assertThat(renewed(OLD, "a", 401)).isEqualTo(NEW);
    }

    @Test
    void aNewCredentialThatIsForbiddenTooIsNotFollowedByOthers() {
        answer = refusal -> Optional.of(credential("new-" + asked.size()));
        Credential fresh = renewed(OLD, "forbidden", 403);
        assertThat(fresh).isNotNull();
        credentials.accepted(fresh); // by another repository
        assertThat(renewed(fresh, "forbidden", 403)).isNull();
        assertThat(asked).hasSize(1);
        now += HostCredentials.RENEWAL_PAUSE.toNanos() + 1;
        assertThat(renewed(fresh, "forbidden", 403)).isNotNull();
    }

    @Test
    void manyCredentialsThatExpireTogetherAreAllRenewed() {
        answer = refusal -> Optional.of(credential("new of " + refusal.repository()));
        for (int i = 0; i < 2 * HostCredentials.MAX_RENEWALS; i++) {
            assertThat(renewed(credential("old " + i), "repository-" + i, 401))
                    .isEqualTo(credential("new of repository-" + i));
        }
    }

    @Test
    void credentialsOfWhichNoneIsAcceptedEnd() {
        answer = refusal -> Optional.of(credential("new-" + asked.size()));
        Credential latest = OLD;
        for (int i = 0; i < HostCredentials.MAX_RENEWALS; i++) {
            latest = Objects.requireNonNull(renewed(latest, "a", 401));
        }
        assertThat(renewed(latest, "a", 401)).isNull();
        credentials.accepted(credential("of another chain"));
        assertThat(renewed(latest, "a", 401)).isNull();
        now += HostCredentials.RENEWAL_PAUSE.toNanos() + 1;
        assertThat(renewed(latest, "a", 401)).isNotNull();
    }

    @Test
    void aCredentialThatIsRenewedForYearsLeavesFewSecrets() {
        answer = refusal -> Optional.of(credential("new-" + asked.size()));
        Credential latest = OLD;
        for (int i = 1; i <= 3 * HostCredentials.MAX_KNOWN; i++) {
            latest = Objects.requireNonNull(renewed(latest, "a", 401));
            assertThat(latest).isEqualTo(credential("new-" + i));
            credentials.accepted(latest);
            assertThat(credentials.given("a")).isEqualTo(latest);
        }
        assertThat(credentials.size()).isEqualTo(HostCredentials.MAX_KNOWN);
        assertThat(credentials.isRefused(OLD)).isTrue();
    }
}
