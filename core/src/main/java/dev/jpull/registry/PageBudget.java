// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** How many pages of one list are read: each limit is for the list as a whole. For use by one thread. */
final class PageBudget {
    /** How long the pages may take together: a host that sends each of them slowly is given up then. */
    static final Duration MAX_TIME = Duration.ofMinutes(2);

    private static final int MAX_PAGES = 2_000;

    /** How many bytes all pages may have together. */
    private static final long MAX_BYTES = 64L << 20;

    /** How many pages in a row may have nothing that earlier ones do not have; a few are empty because a host filters them. */
    private static final int MAX_PAGES_WITHOUT_NEWS = 20;

    private final LongSupplier nanoTime;
    private final long start;
    private int pages;
    private int pagesWithoutNews;
    private long bytes;

    /** Starts the time; the clock counts nanoseconds. */
    PageBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /**
     * Counts a page.
     *
     * @param size its size in bytes
     * @param hasNews whether it has something that no earlier one has
     */
    void add(int size, boolean hasNews) {
        pages++;
        bytes += size;
        pagesWithoutNews = hasNews ? 0 : pagesWithoutNews + 1;
    }

    /** Whether the time is up. */
    boolean isOverdue() {
        return nanoTime.getAsLong() - start > MAX_TIME.toNanos();
    }

    /** Why no further page is read; empty when one may be. */
    Optional<String> exhausted() {
        if (pages >= MAX_PAGES || bytes > MAX_BYTES) {
            return Optional.of("its list has more than " + MAX_PAGES + " pages, or " + MAX_BYTES + " bytes");
        }
        if (pagesWithoutNews >= MAX_PAGES_WITHOUT_NEWS) {
            return Optional.of("its list does not end: the last " + MAX_PAGES_WITHOUT_NEWS
                    + " pages have nothing that earlier ones do not have");
        }
        return Optional.empty();
    }
}
