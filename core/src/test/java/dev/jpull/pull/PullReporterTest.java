// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.event.PullEvent;
import dev.jpull.registry.EventSink;
import dev.jpull.secret.Secret;
import dev.jpull.text.SecretMask;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept of the warnings of a call. */
class PullReporterTest {
    @Test
    void theFirstHundredAreKept() {
        PullReporter reporter = new PullReporter(EventSink.NONE);
        IntStream.range(0, 150).forEach(i -> reporter.warn("warning " + i));
        assertThat(reporter.warnings()).hasSize(100).startsWith("warning 0").endsWith("warning 99");
    }

    @Test
    void aWaitForALockIsOneOfThem() {
        PullReporter reporter = new PullReporter(EventSink.NONE);
        reporter.waits(() -> false).waitsFor("waiting for the lock");
        assertThat(reporter.warnings()).containsExactly("waiting for the lock");
    }

    @Test
    void theirTextsAreThoseOfTheEvents() {
        SecretMask mask = new SecretMask();
        mask.addToken(Secret.of("a-long-token-of-a-registry"));
        MaskedOutcome outcome = new MaskedOutcome(mask);
        List<PullEvent> told = new CopyOnWriteArrayList<>();
        PullEvent.Header header = new PullEvent.Header(1, Instant.EPOCH, "registry.example/team/app:1");
        PullReporter reporter = new PullReporter(outcome.before(event -> told.add(event.apply(header))));
        reporter.warn("the registry says: a-long-token-of-a-registry\u001b[31m\nis new");
        assertThat(outcome.maskedTexts(reporter.warnings()))
                .singleElement()
                .isEqualTo(((PullEvent.Warning) told.get(0)).text())
                .asString()
                .doesNotContain("a-long-token", "\u001b", "\n");
    }
}
