// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import java.util.Locale;

/** Human-readable numbers of bytes. */
public final class ByteCount {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private ByteCount() {}

    /** The number with about three digits, in powers of 1000. */
    public static String of(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        String form = unit == 0 || value >= 100 ? "%.0f %s" : value >= 10 ? "%.1f %s" : "%.2f %s";
        return String.format(Locale.ROOT, form, value, UNITS[unit]);
    }
}
