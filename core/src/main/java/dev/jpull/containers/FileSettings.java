// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one file says.
 *
 * @param tables the registries in the order of the file
 * @param search the registries for short names; null when the file does not say
 * @param aliases the short names with their meaning
 */
record FileSettings(List<RegistryTable> tables, @Nullable List<SearchRegistry> search, Map<String, Alias> aliases) {
    /** Of a file that cannot be read. */
    static final FileSettings NONE = new FileSettings(List.of(), null, Map.of());

    FileSettings {
        tables = List.copyOf(tables);
        search = search == null ? null : List.copyOf(search);
        aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
    }
}
