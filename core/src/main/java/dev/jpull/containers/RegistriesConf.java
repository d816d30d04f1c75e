// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.finding.Finding;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registries.conf with its drop-in files.
 *
 * @param files where it was looked for
 * @param read the files that were there, in the order in which they were read
 * @param tables the registries that count, by prefix: a later file replaces the table of an earlier one
 * @param shortNames what short names mean
 * @param findings what is wrong or suspicious
 */
public record RegistriesConf(
        ContainersFiles files,
        List<Path> read,
        List<RegistryTable> tables,
        ShortNames shortNames,
        List<Finding> findings) {
    /** Copies the lists. */
    public RegistriesConf {
        read = List.copyOf(read);
        tables = List.copyOf(tables);
        findings = List.copyOf(findings);
    }

    /** Whether a table or a search registry is in it: a file of comments, or of aliases alone, configures nothing. */
    public boolean configuresRegistries() {
        return !tables.isEmpty() || !shortNames.search().isEmpty();
    }

    /**
     * The table for an image: that with the longest prefix, of several the first by name, so that a wildcard wins.
     *
     * @param name a registry with a repository
     */
    @Nullable
    RegistryTable tableFor(String name) {
        RegistryTable found = null;
        int longest = 0;
        for (RegistryTable table : tables) {
            int length = table.prefix().text().length();
            if (length > longest && table.prefix().lengthIn(name) >= 0) {
                found = table;
                longest = length;
            }
        }
        return found;
    }
}
