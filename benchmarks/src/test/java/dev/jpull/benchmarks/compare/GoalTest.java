// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GoalTest {
    private static final Goal GOAL = new Goal("a pull", "x", 1.2, 0.9, results -> Optional.empty());

    @Test
    void aValueMeetsTheAimOrTheGoalOrMissesBoth() {
        assertThat(List.of(GOAL.verdict(0.9), GOAL.verdict(1.2), GOAL.verdict(1.21)))
                .containsExactly("aim met", "met", "missed");
    }

    @Test
    void eachGoalIsMeasuredByTheScenariosAndCommandsOfTheTable() {
        Map<Scenario, Map<String, Runs>> results = new LinkedHashMap<>();
        for (Scenario scenario : Scenario.all()) {
            Map<String, Runs> commands = new LinkedHashMap<>();
            for (String command : List.of(Peers.JPULL, Peers.CRANE, Peers.CRANE_SYNC)) {
                Runs runs = new Runs();
                runs.add(new Measurement(1, 1, 1));
                if (scenario.way().isThrottled()) {
                    runs.count(1, 10);
                }
                commands.put(command, runs);
            }
            results.put(scenario, commands);
        }

        assertThat(Goal.all())
                .allSatisfy(goal -> assertThat(goal.measured().apply(results))
                        .as(goal.text())
                        .isPresent());
    }

    @Test
    void aGoalWithoutItsScenarioIsNotInTheTable() {
        assertThat(Goal.table(Map.of()).lines()).hasSize(2);
    }
}
