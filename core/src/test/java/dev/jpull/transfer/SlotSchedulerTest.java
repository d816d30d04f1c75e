// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.http.Cancellation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every pull gets its share of the slots, and no download loses its slot without need. */
class SlotSchedulerTest {
    private final Cancellation cancellation = new Cancellation();
    private long now;

    /** A pull whose downloads run until the test ends them, or their slots are preempted. */
    private final class Pull {
        private final SlotScheduler.Share share;
        private final List<DownloadSlot> running = new ArrayList<>();

        Pull(SlotScheduler slots, int tasks) {
            share = slots.open();
            for (int i = 0; i < tasks; i++) {
                share.add(this::start);
            }
        }

        private void start(DownloadSlot slot) {
            running.add(slot);
            slot.beginCalls(cancellation);
        }

        void end(DownloadSlot slot) {
            running.remove(slot);
            share.release(slot);
        }

        /** Does what a download does when its slot is preempted. Returns how many were. */
        int obey() {
            List<DownloadSlot> preempted =
                    running.stream().filter(DownloadSlot::isPreempted).toList();
            for (DownloadSlot slot : preempted) {
                running.remove(slot);
                share.add(this::start);
                share.release(slot);
            }
            return preempted.size();
        }
    }

    private SlotScheduler slots(int most) {
        return new SlotScheduler(() -> most, () -> now);
    }

    @Test
    void atMostSoManyRun() {
        SlotScheduler slots = slots(3);
        Pull one = new Pull(slots, 5);
        Pull other = new Pull(slots, 5);
        assertThat(one.running).hasSize(3);
        assertThat(other.running).isEmpty();
        assertThat(slots.used()).isEqualTo(3);
    }

    @Test
    void aFreeSlotGoesToThePullThatHasFewest() {
        SlotScheduler slots = slots(3);
        Pull one = new Pull(slots, 9);
        Pull other = new Pull(slots, 9);
        one.end(one.running.get(0));
        assertThat(other.running).hasSize(1);
        one.end(one.running.get(0));
        assertThat(one.running)
                .as("the pull that has waited longer, of two with one each")
                .hasSize(2);
        one.end(one.running.get(0));
        assertThat(other.running).as("the other one, the next time").hasSize(2);
    }

    @Test
    void thePullThatHasMostGivesBackItsSlowestDownloadAndThenKeepsTheRest() {
        SlotScheduler slots = slots(3);
        Pull one = new Pull(slots, 4);
        now += SlotScheduler.SLICE;
        one.running.get(0).received(1_000_000);
        one.running.get(1).received(10);
        one.running.get(2).received(1_000_000);
        DownloadSlot slowest = one.running.get(1);
        Pull other = new Pull(slots, 4);
        slots.rebalance();
        slots.rebalance();
        assertThat(slowest.isPreempted()).isTrue();
        assertThat(one.obey()).isEqualTo(1);
        assertThat(other.running).hasSize(1);
        for (int i = 0; i < 100; i++) {
            now += SlotScheduler.TURN;
            slots.rebalance();
            assertThat(one.obey() + other.obey())
                    .as("two and one is as even as it gets")
                    .isZero();
        }
    }

    @Test
    void aDownloadKeepsItsSlotForAWhile() {
        SlotScheduler slots = slots(2);
        Pull one = new Pull(slots, 4);
        Pull other = new Pull(slots, 1);
        now += SlotScheduler.SLICE - 1;
        slots.rebalance();
        assertThat(one.obey()).isZero();
        now += 1;
        slots.rebalance();
        assertThat(one.obey()).isEqualTo(1);
        assertThat(other.running).hasSize(1);
    }

    @Test
    void noSlotIsRecalledWhileOneIsFreeOrNoTaskWaits() {
        SlotScheduler slots = slots(3);
        Pull one = new Pull(slots, 2);
        Pull other = new Pull(slots, 1);
        now += SlotScheduler.TURN * 10;
        slots.rebalance();
        assertThat(one.obey() + other.obey()).isZero();
    }

    @Test
    void morePullsThanSlotsTakeTurns() {
        SlotScheduler slots = slots(2);
        List<Pull> pulls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            pulls.add(new Pull(slots, 3));
        }
        List<Integer> turns = new ArrayList<>(List.of(0, 0, 0, 0, 0));
        for (int round = 0; round < 50; round++) {
            now += SlotScheduler.TURN;
            for (int i = 0; i < 2; i++) {
                slots.rebalance();
                pulls.forEach(Pull::obey);
            }
            for (int i = 0; i < 5; i++) {
                turns.set(i, turns.get(i) + pulls.get(i).running.size());
            }
            assertThat(slots.used()).isEqualTo(2);
        }
        assertThat(turns).as("how often each had a slot, of 100").allMatch(count -> count >= 15 && count <= 25);
    }

    @Test
    void aPullOfManyShortDownloadsDoesNotWaitForATurnOfASlowOneBeforeEach() {
        SlotScheduler slots = slots(1);
        Pull slow = new Pull(slots, 3);
        Pull quick = new Pull(slots, 10);
        now += SlotScheduler.TURN;
        slots.rebalance();
        assertThat(slow.obey()).isOne();
        for (int download = 0; download < 10; download++) {
            assertThat(quick.running).as("download %d", download).hasSize(1);
            now += SlotScheduler.TURN / 20;
            quick.end(quick.running.get(0));
        }
        assertThat(slow.running).hasSize(1);
    }

    @Test
    void pullsThatKeepComingLeaveASlowOneItsTurns() {
        SlotScheduler slots = slots(1);
        Pull slow = new Pull(slots, 3);
        int turns = 0;
        for (int pull = 0; pull < 20; pull++) {
            Pull quick = new Pull(slots, 2);
            for (int download = 0; download < 2; download++) {
                if (quick.running.isEmpty()) {
                    turns++;
                    now += SlotScheduler.TURN;
                    slots.rebalance();
                    assertThat(slow.obey()).isOne();
                }
                now += SlotScheduler.TURN / 4;
                quick.end(quick.running.get(0));
            }
            quick.share.close();
        }
        assertThat(turns).isGreaterThan(10);
    }

    @Test
    void aPullThatHasEndedTakesNoTasks() {
        SlotScheduler slots = slots(1);
        Pull one = new Pull(slots, 3);
        assertThat(one.share.close()).isEqualTo(2);
        assertThat(one.share.add(slot -> {})).isFalse();
        one.end(one.running.get(0));
        assertThat(slots.used()).isZero();
    }
}
