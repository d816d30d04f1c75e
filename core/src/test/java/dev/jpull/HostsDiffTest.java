// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.ConfigurationCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code jpull hosts diff} reports for changes of configuration, and that it reports nothing for rewrites. */
class HostsDiffTest {
    @TempDir
    Path temporary;

    static List<ConfigurationCase> changes() {
        return ConfigurationCase.bundled("diff-changes.txt");
    }

    static List<ConfigurationCase> rewrites() {
        return ConfigurationCase.bundled("diff-rewrites.txt");
    }

    @ParameterizedTest
    @MethodSource("changes")
    void eachChangeIsReported(ConfigurationCase change) throws IOException {
        List<String> reported = new ArrayList<>();
        for (HostsDiff.Change each : diff(change).changes()) {
            String where = each.images().isEmpty() ? "" : " for " + each.images();
            reported.add(each.scope() + " " + (each.dangerous() ? "!" : "") + each.sign() + " " + each.kind() + ": "
                    + each.message().replace(temporary.toString(), "DIR") + where);
        }
        assertThat(reported).containsExactlyElementsOf(change.expected("change"));
    }

    @ParameterizedTest
    @MethodSource("rewrites")
    void aRewriteThatChangesNothingIsNotReported(ConfigurationCase rewrite) throws IOException {
        assertThat(diff(rewrite).changes()).isEmpty();
    }

    @Test
    void thereAreEnoughCases() {
        assertThat(changes()).hasSizeGreaterThanOrEqualTo(30);
        assertThat(rewrites()).hasSizeGreaterThanOrEqualTo(30);
    }

    private HostsDiff diff(ConfigurationCase change) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        change.files().forEach((path, content) -> {
            if (path.startsWith("both/")) {
                files.put("old/" + path.substring(5), content);
                files.put("new/" + path.substring(5), content);
            } else {
                files.put(path, content);
            }
        });
        if (change.expectations().contains("crlf")) {
            files.replaceAll((path, content) -> path.startsWith("new/") ? content.replace("\n", "\r\n") : content);
        }
        new ConfigurationCase(change.title(), files, List.of()).write(temporary);
        return HostsDiff.of(root("old"), root("new"), List.of());
    }

    /** The only entry of a side. */
    private Path root(String side) throws IOException {
        try (var entries = Files.list(temporary.resolve(side))) {
            List<Path> roots = entries.toList();
            assertThat(roots).hasSize(1);
            return roots.get(0);
        }
    }
}
