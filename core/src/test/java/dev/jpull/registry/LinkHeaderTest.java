// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinkHeaderTest {
    private static Optional<String> next(String... headers) {
        return LinkHeader.next(List.of(headers));
    }

    @Test
    void theLinkToTheNextPageIsFound() {
        assertThat(next("</v2/a/tags/list?last=b&n=1>; rel=\"next\"")).contains("/v2/a/tags/list?last=b&n=1");
        assertThat(next("<?n=1>;rel=next")).contains("?n=1");
        assertThat(next("<a,b;c>; title=\"x, <y>; rel=next\"; REL = \"prev NEXT\""))
                .contains("a,b;c");
        assertThat(next("<first>; rel=\"first\", <second>; rel=\"next\"")).contains("second");
        assertThat(next("<first>; rel=\"first\"", "<second>; rel=\"next\"")).contains("second");
    }

    @Test
    void otherHeadersHaveNone() {
        assertThat(next()).isEmpty();
        assertThat(next("", "x", "<x", "<x>", "<x>; rel", "<x>; rel=nextpage", "<x>; title=\"rel=next\""))
                .isEmpty();
        assertThat(next("<".repeat(20_000) + ";".repeat(20_000))).isEmpty();
        assertThat(next("<x>; a=\"" + "b".repeat(100_000))).isEmpty();
    }
}
