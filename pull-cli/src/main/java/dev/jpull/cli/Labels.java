// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PrintableText;
import dev.jpull.error.ReferenceException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values of {@code --label}. */
final class Labels {
    private Labels() {}

    /** {@code KEY} alone means true, as for ctr. */
    static Map<String, String> annotations(List<String> labels) {
        Map<String, String> annotations = new LinkedHashMap<>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            if (equals == 0 || label.isEmpty()) {
                throw new ReferenceException("--label " + label + " has no key: write --label KEY=VALUE");
            }
            String key = equals < 0 ? label : label.substring(0, equals);
            if (annotations.put(key, equals < 0 ? "true" : label.substring(equals + 1)) != null) {
                throw new ReferenceException("--label gives " + PrintableText.line(key) + " twice: give it once");
            }
        }
        return annotations;
    }
}
