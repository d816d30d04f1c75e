// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.PullCancelledException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Helper programs that do not do what they should end, and everything that they have started with them. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class CredentialHelperTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final String ANSWER = "echo '{\"Username\":\"u\",\"Secret\":\"p\"}'";

    private static Process start(String script) throws IOException {
        return new ProcessBuilder("sh", "-c", script).start();
    }

    private static Optional<Credential> ask(Process process, Duration limit) throws IOException {
        return CredentialHelper.ask(process, "docker-credential-x", "registry.example", limit);
    }

    private static Optional<Credential> ask(String script, Duration limit) throws IOException {
        return ask(start(script), limit);
    }

    @Test
    void anOrdinaryHelperIsUnderstood() throws IOException {
        assertThat(ask("read server; " + ANSWER, LONG))
                .hasValueSatisfying(known -> assertThat(known.username()).isEqualTo("u"));
        assertThat(ask("echo credentials not found in native keychain; exit 1", LONG))
                .isEmpty();
        assertThat(ask(ANSWER, LONG)).isPresent(); // one that does not read what it is asked
    }

    @Test
    void whatItHasStartedMayKeepItsOutputOpen() throws IOException {
        assertThat(ask("sleep 300 & " + ANSWER, LONG)).isPresent();
    }

    @Test
    void oneThatFloodsIsEndedAtOnce() throws Exception {
        Process process = start("yes");
        assertThatThrownBy(() -> ask(process, LONG))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("docker-credential-x answered with more than");
        assertThat(process.waitFor()).isNotZero();
    }

    @Test
    void oneThatNeverEndsIsEndedWithAllThatItHasStarted() throws Exception {
        Process process = start("sleep 300; true");
        assertThatThrownBy(() -> ask(process, Duration.ofMillis(300)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("did not answer within");
        assertThat(process.waitFor()).isNotZero();
        assertThat(process.descendants()).isEmpty();
    }

    @Test
    void oneThatFailsOrSaysNothingOfUseIsNamed() {
        for (String script : new String[] {"exit 3", "echo no", "true", "kill -9 $$"}) {
            assertThatThrownBy(() -> ask(script, LONG))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("docker-credential-x");
        }
    }

    @Test
    void anInterruptEndsTheWait() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ask("sleep 300", LONG)).isInstanceOf(PullCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
