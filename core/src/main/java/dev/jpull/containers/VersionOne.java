// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.lint.Findings;
import dev.jpull.toml.TableReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads version 1 of the format: {@code [registries.search]}, {@code [registries.insecure]} and {@code [registries.block]}, each
 * with a list {@code registries}. It means tables of version 2.
 *
 * @param findings gets what is wrong
 */
record VersionOne(Findings findings) {
    private static final String REMEDY = "write version 2: unqualified-search-registries = [\"registry.example\"], and"
            + " [[registry]] with location, insecure and blocked";

    private static final String LIST = "registries";

    FileSettings read(KnownKeys keys, boolean dropIn) {
        TableReader root = keys.table();
        String key = keys.key("registries");
        TableReader lists = root.table(key, REMEDY);
        if (lists == null) {
            return FileSettings.NONE;
        }
        if (dropIn || keys.written().size() > 1) {
            root.error(
                    "version-1",
                    key,
                    dropIn
                            ? "a drop-in file has version 1 of the format, which only registries.conf may have"
                            : "the file has keys of version 1 and of version 2",
                    REMEDY);
            return FileSettings.NONE;
        }
        findings.warning(
                "version-1",
                root.positionOf(key),
                "version 1 of the format is outdated",
                "reads it, but newer versions refuse it",
                REMEDY);
        KnownKeys names = KnownKeys.of(lists, List.of("search", "insecure", "block"), findings);
        Map<String, RegistryTable> tables = new LinkedHashMap<>();
        for (String location : list(names, "block")) {
            add(tables, location, names, true);
        }
        for (String location : list(names, "insecure")) {
            add(tables, location, names, false);
        }
        KnownKeys search = table(names, "search");
        return new FileSettings(
                new ArrayList<>(tables.values()),
                search == null || !search.has(LIST)
                        ? null
                        : new FileParser(findings).search(search.table(), search.key(LIST)),
                Map.of());
    }

    private void add(Map<String, RegistryTable> tables, String location, KnownKeys names, boolean blocked) {
        TableReader lists = names.table();
        String key = names.key(blocked ? "block" : "insecure");
        String text = location.replaceFirst("/+$", "");
        if (Location.flaw(text).isPresent()) {
            lists.error("location", key, "\"" + location + "\" is not a registry", REMEDY);
            return;
        }
        RegistryTable before = tables.get(text);
        tables.put(
                text,
                new RegistryTable(
                        new Prefix(text),
                        new Location(
                                text,
                                blocked ? null : Boolean.TRUE,
                                MirrorUse.ALL,
                                lists.positionOf(key),
                                blocked ? Map.of() : Map.of("insecure", lists.positionOf(key))),
                        List.of(),
                        blocked || before != null,
                        lists.positionOf(key),
                        before == null ? lists.positionOf(key) : before.blockedAt()));
    }

    private List<String> list(KnownKeys names, String name) {
        KnownKeys keys = table(names, name);
        List<String> list =
                keys == null || !keys.has(LIST) ? null : keys.table().texts(keys.key(LIST), REMEDY);
        return list == null ? List.of() : list;
    }

    private @Nullable KnownKeys table(KnownKeys names, String name) {
        TableReader table = names.has(name) ? names.table().table(names.key(name), REMEDY) : null;
        return table == null ? null : KnownKeys.of(table, List.of(LIST), findings);
    }
}
