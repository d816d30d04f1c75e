// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A deliberate difference from containerd.
 *
 * @param quirk the footgun that it is about, or a name of our own
 * @param areas where it applies
 * @param applies the condition under which it applies to cases that are not marked with the quirk, or null for none
 * @param expect what jpull does
 * @param reason why
 * @param withoutCase why no case shows it, with the test that does where there is one; null for a row that a case shows
 */
record Deviation(
        String quirk,
        List<String> areas,
        @Nullable String applies,
        JsonNode expect,
        String reason,
        @Nullable String withoutCase) {
    /** Whether jpull does the same as containerd, perhaps with a warning. */
    boolean isSame() {
        return Outcome.flag(expect, "same");
    }

    boolean expectsError() {
        return Outcome.flag(expect, "error");
    }

    boolean isOutOfScope() {
        return Outcome.flag(expect, "outOfScope");
    }

    String rule() {
        return Outcome.text(expect, "rule", "");
    }

    /** Whether one of the findings that the table promises was reported. */
    boolean findingIsReported(Outcome outcome) {
        JsonNode finding = expect.get("finding");
        if (finding == null) {
            return true;
        }
        Stream<String> wanted = finding.isArray() ? Outcome.texts(finding).stream() : Stream.of(finding.stringValue());
        return wanted.anyMatch(outcome.findings()::contains);
    }
}
