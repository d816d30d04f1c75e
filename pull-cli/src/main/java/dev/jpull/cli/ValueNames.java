// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.util.Locale;

/** The names of constants in output: in lower case, with hyphens. */
final class ValueNames {
    private ValueNames() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
