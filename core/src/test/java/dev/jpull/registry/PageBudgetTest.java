// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PageBudgetTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final PageBudget budget = new PageBudget(now::get);

    @Test
    void theTimeIsForAllPagesTogether() {
        budget.add(10, true);
        now.addAndGet(PageBudget.MAX_TIME.toNanos());
        assertThat(budget.isOverdue()).isFalse();
        now.incrementAndGet();
        assertThat(budget.isOverdue()).isTrue();
    }

    @Test
    void aFewPagesWithoutNewsAreReadButNotMany() {
        for (int round = 0; round < 3; round++) {
            for (int page = 0; page < 19; page++) {
                budget.add(10, false);
            }
            assertThat(budget.exhausted()).isEmpty();
            budget.add(10, true);
        }
        for (int page = 0; page < 20; page++) {
            budget.add(10, false);
        }
        assertThat(budget.exhausted())
                .hasValueSatisfying(reason -> assertThat(reason).contains("20 pages have nothing"));
    }

    @Test
    void pagesAndBytesAreLimited() {
        for (int page = 0; page < 1_999; page++) {
            budget.add(10, true);
        }
        assertThat(budget.exhausted()).isEmpty();
        budget.add(10, true);
        assertThat(budget.exhausted())
                .hasValueSatisfying(reason -> assertThat(reason).contains("2000 pages"));

        PageBudget large = new PageBudget(now::get);
        large.add(64 << 20, true);
        assertThat(large.exhausted()).isEmpty();
        large.add(1, true);
        assertThat(large.exhausted()).isPresent();
    }
}
