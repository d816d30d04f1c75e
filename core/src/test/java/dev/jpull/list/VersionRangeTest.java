// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges mean what they mean to npm; where its rules are silent, as for tags with two numbers, docs/lists.md says what holds. */
class VersionRangeTest {
    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            >=1.4 <2.0 ; 1.4.0 1.4 v1.9.9 1.9.9_build.7 ; 1.3.9 2.0.0 2.0 2.0.0-rc.1 1.5.0-rc.1
            >=1.4, <2.0 ; 1.4.0 1.9.9 ; 2.0.0
            >= 1.4 ; 1.4.0 99.0 ; 1.3
            ^1.2.3 ; 1.2.3 1.9.0 ; 1.2.2 2.0.0 2.0.0-alpha 1.2.3-rc1
            ^0.2.3 ; 0.2.3 0.2.9 ; 0.3.0 0.2.2
            ^0.0.3 ; 0.0.3 ; 0.0.4 0.0.2
            ^0.0 ; 0.0.3 ; 0.1.0
            ^0 ; 0.9.3 ; 1.0.0
            ^3 ; 3.0.0 3.99 ; 4.0.0 2.9.9
            ~1.2.3 ; 1.2.3 1.2.99 ; 1.3.0 1.2.2
            ~1.2 ; 1.2.0 1.2.99 ; 1.3.0
            ~1 ; 1.0.0 1.9.0 ; 2.0.0
            1.2 ; 1.2.0 1.2.7 ; 1.3.0 1.1.9
            1.2.x ; 1.2.0 1.2.7 ; 1.3.0
            1.* ; 1.2.0 1.99.7 ; 2.0.0 0.9
            =1.2.3 ; 1.2.3 v1.2.3 ; 1.2.4
            * ; 1.2.3 0.0 ; 1.2.3-rc1
            >1.2 ; 1.3.0 ; 1.2.9
            >1 ; 2.0.0 ; 1.9.9
            >1.2.3 ; 1.2.4 ; 1.2.3
            <1.2 ; 1.1.9 ; 1.2.0 1.2.0-rc1
            <=1.2 ; 1.2.9 ; 1.3.0
            1.2 - 2.3 ; 1.2.0 2.3.9 ; 2.4.0 1.1.9
            1.2.3 - 2.3.4 ; 1.2.3 2.3.4 ; 2.3.5
            ^1 || ^3 ; 1.5.0 3.5.0 ; 2.5.0
            >=1.2.3-rc.1 ; 1.2.3-rc.2 1.2.3 2.0.0 ; 1.2.3-beta 1.2.4-rc.2
            22.04 ; 22.04 22.4.1 ; 22.10
            >=1.9 ; 1.10 ; 1.8
            """)
    void aRangeTakesTheseTags(String range, String in, String out) throws InvalidRuleException {
        VersionRange parsed = VersionRange.parse(range);
        assertThat(Stream.of(in.split(" "))).allMatch(tag -> parsed.matches(tag, new StepBudget(1)));
        assertThat(Stream.of(out.split(" "))).noneMatch(tag -> parsed.matches(tag, new StepBudget(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "banana",
                "1.2.3.4",
                ">",
                "^",
                "1.x.3",
                "1.2-rc1",
                ">=1.0 banana",
                "||",
                "1 ||",
                "<*",
                "=>1",
                "1..2"
            })
    void whatIsNoRangeIsRefused(String text) {
        assertThatThrownBy(() -> VersionRange.parse(text)).isInstanceOf(InvalidRuleException.class);
    }

    @Test
    void aLongRangeIsRefused() {
        assertThatThrownBy(() -> VersionRange.parse("1 || ".repeat(100) + "1"))
                .isInstanceOf(InvalidRuleException.class)
                .hasMessageContaining("more than 256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "1", "20240101", "1.2.3.4", "v", "1.2.3-", "1.2.3-a..b", "a1.2", "1.2.3+b"})
    void theseTagsAreNoVersions(String tag) {
        assertThat(Version.ofTag(tag)).isEmpty();
    }

    @Test
    void versionsAreOrderedByPrecedence() {
        List<String> ordered = List.of(
                "0.9.9",
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0",
                "1.2",
                "1.10",
                "2.0",
                "99999999999999999999.0");
        List<Version> versions =
                ordered.stream().map(Version::ofTag).flatMap(Optional::stream).toList();
        assertThat(versions).hasSameSizeAs(ordered).isSorted();
    }
}
