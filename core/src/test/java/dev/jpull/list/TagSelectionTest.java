// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagSelectionTest {
    private static final List<String> TAGS =
            List.of("1.9.0", "1.10.0", "v1.11.0-rc1", "latest", "edge", "2.0", "nightly-2");

    @Test
    void aTagIsTakenOnceWhenOneRuleMatchesIt() throws InvalidRuleException {
        TagSelection selection = new TagSelection(
                List.of(), List.of(new TagGlob("1.*"), TagRegex.parse("^1|edge"), VersionRange.parse("^2")), 0);
        assertThat(selection.matching(TAGS)).containsExactly("1.9.0", "1.10.0", "edge", "2.0");
    }

    @Test
    void theNewestAreChosenByVersionAndThenByName() {
        assertThat(new TagSelection(List.of(), List.of(new TagGlob("*")), 2).matching(TAGS))
                .containsExactly("2.0", "v1.11.0-rc1");
        assertThat(new TagSelection(List.of(), List.of(new TagGlob("*")), 99).matching(TAGS))
                .containsExactly("2.0", "v1.11.0-rc1", "1.10.0", "1.9.0", "nightly-2", "latest", "edge");
    }

    @ParameterizedTest
    @CsvSource({
        "*,a,true",
        "a*,a,true",
        "*a,ba,true",
        "a?c,abc,true",
        "a?c,ac,false",
        "1.*-x,1.2-x,true",
        "1.*-x,1.2-y,false"
    })
    void aGlobMatchesTheWholeTag(String glob, String tag, boolean matches) {
        assertThat(new TagGlob(glob).matches(tag, new StepBudget(1))).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(x+x+)+y", "(){99999}{99999}", "("})
    void anExpressionThatCanBlowUpOrIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> TagRegex.parse(text)).isInstanceOf(InvalidRuleException.class);
    }

    @Test
    void whatBlowsUpOnTheTagsOfARegistryEndsTheMatching() {
        TagSelection selection = new TagSelection(List.of(), List.of(new TagRegex(Pattern.compile("(x+x+)+y"))), 0);
        assertThatThrownBy(() -> selection.matching(Collections.nCopies(1_000_000, "x".repeat(128))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("(x+x+)+y");
    }

    @Test
    void aMillionTagsAreMatchedByAPlainExpression() throws InvalidRuleException {
        List<String> tags = Collections.nCopies(1_000_000, "v1.2.3-0123456789abcdef0123456789abcdef");
        assertThat(new TagSelection(List.of(), List.of(TagRegex.parse("^v\\d+\\.\\d+\\.\\d+-[0-9a-f]+$")), 1)
                        .matching(tags))
                .containsExactly("v1.2.3-0123456789abcdef0123456789abcdef");
    }
}
