// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lint;

import dev.jpull.finding.SourcePosition;
import dev.jpull.text.ForeignText;
import java.util.Locale;

/** Reports registries in upper case: names of hosts mean the same in any letter case, and runtimes compare them as texts. */
public final class HostCase {
    private HostCase() {}

    /**
     * Reports a registry with upper-case letters.
     *
     * @param registry a host with an optional port
     */
    public static void review(String registry, SourcePosition position, Findings findings) {
        String lower = registry.toLowerCase(Locale.ROOT);
        if (!registry.equals(lower)) {
            findings.warning(
                    "upper-case-host",
                    position,
                    "\"" + ForeignText.address(registry) + "\" is not meant by images and endpoints that have \""
                            + ForeignText.address(lower) + "\"",
                    "compares names of hosts letter by letter, and does not use the entry for the other spelling",
                    "write \"" + ForeignText.address(lower) + "\", unless the images are really named in upper case");
        }
    }
}
