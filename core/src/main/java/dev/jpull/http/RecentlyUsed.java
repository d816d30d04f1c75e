// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map of bounded size: it forgets the entry whose key was not looked up with {@code get} for the longest time. */
final class RecentlyUsed<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int max;

    RecentlyUsed(int max) {
        super(16, 0.75f, true);
        this.max = max;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > max;
    }
}
