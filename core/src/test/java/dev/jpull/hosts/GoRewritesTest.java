// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import org.junit.jupiter.api.Test;

/** The size of what the rewrites of k3s make is bounded, when they are read and when they are used. */
class GoRewritesTest {
    @Test
    void aReplacementThatIsLongerThanAnyNameIsRefused() {
        Findings findings = new Findings(ContainerRuntime.K3S);
        GoRewrites rewrites = new GoRewrites(findings);
        rewrites.add("a", "x".repeat(501), SourcePosition.BUILT_IN);
        assertThat(findings.all()).extracting(Finding::code).containsExactly("rewrite");
        assertThat(rewrites.rules()).isEmpty();
    }

    @Test
    void aNameThatGrowsIsRefusedBeforeItIsComplete() {
        GoRewrite grows = new GoRewrite("(.*)|", "$1".repeat(250));
        assertThat(grows.replaced("a".repeat(250)).orElseThrow()).hasSizeLessThan(100_000);
        assertThatThrownBy(() -> grows.apply("a".repeat(250)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("which cannot be one")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2000));
        GoRewrite each = new GoRewrite("a", "x".repeat(500));
        assertThat(each.replaced("a".repeat(250)).orElseThrow()).hasSizeLessThan(2000);
    }

    @Test
    void theReplacementOfARewriteOfJpullIsBoundedAsWell() {
        assertThatThrownBy(() -> Rewrite.parse("(.*)", "$1".repeat(251)))
                .isInstanceOf(Rewrite.InvalidException.class)
                .hasMessageContaining("more than 500 characters");
    }
}
