// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How far transfers are from the ideal, on models of paths and hosts and on a virtual clock. */
class TransferSimulationTest {
    private static final int CONNECTIONS = 24;

    /** The part of the requests to a throttling host that it refuses at most, beyond three that tell how many it takes. */
    private static final double MOST_REFUSED = 0.05;

    private static final List<Long> MANY = many();
    private static final List<Long> TYPICAL = Collections.nCopies(8, 48L << 20);
    private static final List<Long> BIG = List.of(1L << 30);

    private final StringBuilder table = new StringBuilder("\n");
    private final List<String> misses = new ArrayList<>();

    private static List<Long> many() {
        Random random = new Random(1);
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            sizes.add((long) (Math.exp(random.nextGaussian()) * 1_200_000) + 1_000);
        }
        return List.copyOf(sizes);
    }

    private static long sum(List<Long> sizes) {
        return sizes.stream().mapToLong(Long::longValue).sum();
    }

    /** Pulls, and notes whether it took at most so much of the ideal time. */
    private SimulatedHost check(String image, List<Long> blobs, SimulatedPath path, double most) {
        SimulatedPulls pulls = new SimulatedPulls(path, 0, CONNECTIONS);
        pulls.add(blobs);
        Duration took = pulls.run();
        Duration ideal = path.ideal(sum(blobs), CONNECTIONS);
        double ratio = (double) took.toNanos() / ideal.toNanos();
        String row = String.format(
                Locale.ROOT,
                "%-8s %-24s %8d ms, ideal %6d ms, ratio %5.2f of %5.2f, %3d requests, %2d refused, %2d connections of %2d",
                image,
                path.name(),
                took.toMillis(),
                ideal.toMillis(),
                ratio,
                most,
                pulls.host().requests(),
                pulls.host().refusals(),
                pulls.host().mostConnections(),
                pulls.host().connects());
        table.append(row).append('\n');
        if (ratio > most) {
            misses.add(row);
        }
        return pulls.host();
    }

    @Test
    void timeIsNearTheIdeal() {
        for (double millis : List.of(0.2, 20.0, 50.0)) {
            String name = millis + " ms";
            SimulatedPath path = SimulatedPath.of(name, millis);
            check("many", MANY, path, 1.9);
            check("typical", TYPICAL, path, 2);
            check("big", BIG, path, 1.4);
            SimulatedPath lossy = SimulatedPath.of(name + ", 0.1 % loss", millis)
                    .bandwidth(125e6)
                    .loss(0.001);
            check("many", MANY, lossy, 1.6);
            check("typical", TYPICAL, lossy, 1.6);
            check("big", BIG, lossy, 1.3);
            SimulatedPath limited =
                    SimulatedPath.of(name + ", 40 MB/s each", millis).perConnection(40e6);
            check("many", MANY, limited, 4.2);
            check("typical", TYPICAL, limited, 2.3);
            check("big", BIG, limited, 2.9);
        }
        assertThat(misses).as(table.toString()).isEmpty();
    }

    @Test
    void aHostThatThrottlesRefusesFew() {
        for (int most : List.of(2, 3, 4, 6, 8, 10, 12, 16, 20)) {
            for (double millis : List.of(0.2, 20.0, 50.0)) {
                SimulatedPath path = SimulatedPath.of(millis + " ms, 429 above " + most, millis)
                        .bandwidth(125e6)
                        .mostRequests(most);
                checkRefusals("many", MANY, path);
                checkRefusals("typical", TYPICAL, path);
            }
        }
        assertThat(misses).as(table.toString()).isEmpty();
    }

    private void checkRefusals(String image, List<Long> blobs, SimulatedPath path) {
        SimulatedHost host = check(image, blobs, path, 2.5);
        if (host.refusals() > Math.max(3, host.requests() * MOST_REFUSED)) {
            misses.add("too many refusals: " + image + ", " + path.name());
        }
    }

    @Test
    void aHostThatGetsSlowerIsLeftAlone() {
        for (int crowd : List.of(4, 8, 16)) {
            for (double millis : List.of(0.2, 20.0, 50.0)) {
                SimulatedPath path = SimulatedPath.of(millis + " ms, slower above " + crowd, millis)
                        .bandwidth(60e6)
                        .crowd(crowd);
                check("many", MANY, path, 4.5);
                check("typical", TYPICAL, path, 4.5);
                check("big", BIG, path, 4.5);
            }
        }
        assertThat(misses).as(table.toString()).isEmpty();
    }
}
