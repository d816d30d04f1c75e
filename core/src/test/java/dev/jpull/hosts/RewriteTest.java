// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.SourcePosition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that take for ever, or that make no name, are refused: when they are read, else when they are used. */
@Timeout(60)
class RewriteTest {
    /** What matches nothing looks at no character, so that no count of steps ends it. */
    @ParameterizedTest
    @ValueSource(
            strings = {"(){2000000000}a", "(?:(?:){99999}){99999}a", "((?=){999999999,}){2}a", "(()\\2{2000000000})a"})
    void repetitionsOfNothingAreRefusedWhenTheyAreRead(String pattern) {
        assertThatThrownBy(() -> Rewrite.parse(pattern, "x")).hasMessageContaining("repetitions");
    }

    @Test
    void repetitionsThatEndAreTaken() throws Rewrite.InvalidException {
        assertThat(Rewrite.parse("^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$", "x/$1")
                        .apply("01234567-89ab-cdef-0123-456789abcdef"))
                .hasValue("x/01234567-89ab-cdef-0123-456789abcdef");
        assertThat(Rewrite.parse("((){300}){300}a", "x").apply("a")).hasValue("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(.*a){20}$",
                "(.*/)*(.*/)*(.*/)*[A-Z]",
                "(a?){250}a{250}!",
                "^(([a-z0/._-])+)+\\2!$",
                "^(a|aa)+\\1!$"
            })
    void whatTakesForEverOnSomeNameIsRefusedWhenItIsRead(String pattern) {
        assertThatThrownBy(() -> Rewrite.parse(pattern, "x"))
                .isInstanceOf(Rewrite.InvalidException.class)
                .hasMessageContaining("too many steps");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(x+x+)+y", "^((q|x)+)+\\2!", "(x|xx)+\\1!"})
    void whatTakesForEverOnThisNameIsRefusedAtItsPlace(String pattern) {
        String name = "qx".repeat(20) + "x".repeat(200) + "q".repeat(40);
        SourcePosition place = new SourcePosition(Path.of("/certs.d/r/hosts.toml"), 7, 3);
        RegistryHost host = new RegistryHost(
                "https",
                "m.example",
                "/v2",
                Capability.ALL,
                TlsSettings.NONE,
                false,
                List.of(),
                Duration.ZERO,
                new HostExtensions(null, null, null, List.of(new Rewrite(pattern, "y")), true),
                new Provenance(SourcePosition.BUILT_IN, Map.of("jpull.rewrite." + pattern, place), false));
        assertThatThrownBy(() -> host.repository(name))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(
                        "/certs.d/r/hosts.toml:7:3: the rewrite \"" + pattern + "\" takes too many steps");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"(a+)+$", "(a|a)*b", "(|){40}!", "(?:a||b|)+(?:a||b|)+$!", "(a*)*(a*)*(a*)*$", "((((a?)+)+)+)+!"
            })
    void whatOnlyLooksAsIfItNeverEndedEnds(String pattern) {
        Rewrite rule = new Rewrite(pattern, "x");
        for (String name : List.of("a".repeat(250) + "-", "b", "ab".repeat(100))) {
            assertThat(catchThrowable(() -> rule.apply(name)))
                    .satisfiesAnyOf(
                            thrown -> assertThat(thrown).isNull(),
                            thrown -> assertThat(thrown).isInstanceOf(ConfigurationException.class));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"^library/(.*)", "(.*)", "^(?:a|b)*/(.*)$", "([a-z]+/)*([^/]+)$", "^(.*?)/(.*?)/(.*)$", "[^/]+$"
            })
    void ordinaryRulesMayLookAtLongNames(String pattern) throws Exception {
        Rewrite rule = Rewrite.parse(pattern, "x");
        for (String name : List.of("library/busybox", "a/".repeat(120) + "b", "ab/" + "c".repeat(250))) {
            assertThat(rule.apply(name))
                    .satisfies(found -> found.ifPresent(text -> assertThat(text).isNotEmpty()));
        }
    }

    @Test
    void aNameThatCannotBeOneIsRefused() {
        Rewrite rule = new Rewrite("^team/(.*)", "$1/");
        assertThatThrownBy(() -> rule.apply("team/app"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("makes \"app/\" of the repository team/app");
    }
}
