// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which sender is blamed, tried alone, or set aside, as a table. */
class SenderTrustTest {
    private final SenderTrust<String> trust = new SenderTrust<>();
    private final Set<String> usable = new LinkedHashSet<>();
    private final Set<String> setAside = new LinkedHashSet<>();
    private boolean retry = true;

    /**
     * @param hosts the senders that may be asked
     * @param steps what happens, in order; a plus joins mixed senders, the quickest first
     * @param blamed the senders that are set aside
     * @param alone the sender that is tried alone in the end
     * @param end whether the download goes on after the last step
     */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            # hosts | steps                                    | blamed | alone | end
            # One sender of all bytes.
            A B   | wrong A                                    | A      |       | goes on
            A B   | wrong A, right B                           | A      |       | goes on
            A B   | wrong A, wrong B                           | A      |       | goes on
            A B   | wrong A, wrong B, wrong B                  | A      |       | ends
            A     | wrong A                                    |        |       | goes on
            A     | wrong A, wrong A                           |        |       | ends
            A     | length A, wrong A                          |        |       | ends
            A B   | length A, length A, wrong A                | A      |       | goes on
            # Mixed senders: the quickest is tried alone.
            A B   | wrong A+B                                  |        | A     | goes on
            A B   | wrong B+A                                  |        | B     | goes on
            A B   | wrong A+B, right A                         | B      | A     | goes on
            A B   | wrong A+B, wrong A                         | A      |       | goes on
            A B   | wrong A+B, wrong A, right B                | A      |       | goes on
            A B C | wrong A+B, wrong A, wrong B                | A B    |       | goes on
            A B C | wrong A+B+C, right A                       |        | A     | goes on
            A B C | wrong A+B+C, wrong A                       | A      |       | goes on
            A B C | wrong A+B+C, wrong A, wrong B+C, right B   | A C    | B     | goes on
            A B C | wrong A+B, right C                         |        | A     | goes on
            A B   | wrong A+B, right A+B                       |        | A     | goes on
            A B   | wrong A+B, wrong A+B, wrong A+B            |        | A     | goes on
            A B   | wrong A+B, wrong A+B, wrong A+B, wrong A+B |        | A     | ends
            # A part came from an earlier pull.
            A B   | earlier A                                  |        | A     | goes on
            A B   | earlier A, right A                         |        | A     | goes on
            A B   | earlier A, wrong A                         | A      |       | goes on
            A B   | earlier A+B, right A                       |        | A     | goes on
            A B   | earlier                                    |        |       | goes on
            A     | earlier A, wrong A                         |        |       | goes on
            A     | earlier A, wrong A, wrong A                |        |       | ends
            # The sender that is tried alone fails otherwise.
            A B   | wrong A+B, broke A                         | A      |       | goes on
            A B   | wrong A+B, broke B                         |        | A     | goes on
            A B   | broke A                                    |        |       | goes on
            A     | earlier A, broke A                         |        |       | goes on
            A B   | wrong A+B, slow A                          |        |       | goes on
            A B   | wrong A+B, slow B                          |        | A     | goes on
            A B   | wrong A+B, unavailable                     |        |       | goes on
            A B   | wrong A+B, unavailable, right B            | A      |       | goes on
            """)
    void senders(String hosts, String steps, @Nullable String blamed, @Nullable String alone, String end) {
        usable.addAll(words(hosts));
        Arrays.stream(steps.split(", ")).forEach(this::step);
        assertThat(setAside).as("set aside").containsExactlyElementsOf(words(blamed));
        assertThat(trust.alone()).as("tried alone").isEqualTo(Optional.ofNullable(alone));
        assertThat(retry ? "goes on" : "ends").isEqualTo(end);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            length A            | false
            length A, length A  | true
            wrong A, length A   | true
            length A, length B  | false
            wrong A+B, wrong A+B | false
            broke A, broke A    | false
            """)
    void twoWrongAnswersMakeASenderDistrusted(String steps, boolean distrusted) {
        usable.addAll(List.of("A", "B"));
        Arrays.stream(steps.split(", ")).forEach(this::step);
        assertThat(trust.isDistrusted("A")).isEqualTo(distrusted);
    }

    private void step(String step) {
        List<String> words = words(step);
        List<String> senders =
                words.size() < 2 ? List.of() : List.of(words.get(1).split("\\+"));
        switch (words.get(0)) {
            case "wrong" -> wrong(senders, false);
            case "earlier" -> wrong(senders, true);
            case "right" -> trust.right(Set.copyOf(senders)).ifPresent(this::setAside);
            case "broke" -> trust.brokeOff(senders.get(0), usable.size() > 1).ifPresent(this::setAside);
            case "length" -> trust.wrongLength(senders.get(0));
            case "slow" -> trust.tooSlow(senders.get(0));
            case "unavailable" -> trust.unavailable();
            default -> throw new IllegalArgumentException(step);
        }
    }

    private void wrong(List<String> senders, boolean earlier) {
        int before = trust.mismatches();
        SenderTrust.Decision<String> decision = trust.wrong(senders, earlier, usable);
        assertThat(trust.mismatches()).isEqualTo(before + 1);
        decision.blamed().ifPresent(this::setAside);
        retry = decision.retry();
    }

    private void setAside(String sender) {
        usable.remove(sender);
        setAside.add(sender);
    }

    private static List<String> words(@Nullable String text) {
        return text == null ? List.of() : Arrays.stream(text.split(" ")).collect(Collectors.toList());
    }
}
