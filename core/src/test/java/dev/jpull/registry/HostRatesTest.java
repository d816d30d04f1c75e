// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A host is measured over all its downloads while at least one waits for it. */
class HostRatesTest {
    private static final String HOST = "https://host.example";
    private static final long SECOND = 1_000_000_000;

    private long now;
    private final HostRates rates = new HostRates(() -> now);

    private void download(long nanos, long bytes) {
        rates.begin(HOST);
        now += nanos;
        rates.received(HOST, bytes);
        rates.end(HOST);
    }

    @Test
    void aHostThatDripsIsSlowAfterAWindowAndWellAMinuteLater() {
        rates.begin(HOST);
        for (int second = 1; second < 5; second++) {
            now += SECOND;
            rates.received(HOST, 1);
            assertThat(rates.isSlow(HOST)).isFalse();
        }
        now += SECOND;
        rates.received(HOST, 1);
        assertThat(rates.isSlow(HOST)).isTrue();
        assertThat(rates.sent(HOST)).isEqualTo(1);
        rates.end(HOST);
        now += HostRates.MEMORY;
        assertThat(rates.isSlow(HOST)).isFalse();
        assertThat(rates.rate(HOST)).isInfinite();
    }

    @Test
    void shortDownloadsThatBringLittleAddUp() {
        for (int i = 0; i < 10; i++) {
            download(SECOND / 2, 20);
        }
        assertThat(rates.isSlow(HOST)).isTrue();
    }

    @Test
    void downloadsBesideEachOtherAreOneSum() {
        int downloads = 4;
        for (int i = 0; i < downloads; i++) {
            rates.begin(HOST);
        }
        for (int second = 0; second < 20; second++) {
            now += SECOND;
            for (int i = 0; i < downloads; i++) {
                rates.received(HOST, (long) HostRates.FLOOR / downloads + 1);
            }
        }
        assertThat(rates.isSlow(HOST)).isFalse();
        assertThat(rates.downloads(HOST)).isEqualTo(downloads);
    }

    @Test
    void timeWithoutADownloadDoesNotCount() {
        download(4 * SECOND, 10);
        now += 50 * SECOND;
        assertThat(rates.isSlow(HOST)).isFalse();
        download(SECOND, 10_000_000);
        assertThat(rates.isSlow(HOST)).isFalse();
    }

    @Test
    void smallAnswersOverADistantLineAreNoDrip() {
        for (int i = 0; i < 100; i++) {
            download(SECOND / 5, 400);
            rates.answered(HOST);
        }
        assertThat(rates.isSlow(HOST)).isFalse();
    }

    @Test
    void aDiskThatLetsItsWritersWaitMakesNoHostSlow() {
        rates.begin(HOST);
        now += SECOND;
        rates.received(HOST, 1_000_000);
        now += 30 * SECOND;
        rates.excuse(HOST, 30 * SECOND);
        rates.received(HOST, 1_000_000);
        assertThat(rates.isSlow(HOST)).isFalse();
    }
}
