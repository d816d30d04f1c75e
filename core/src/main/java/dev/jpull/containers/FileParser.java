// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.error.ReferenceException;
import dev.jpull.finding.SourcePosition;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import dev.jpull.lint.Spelling;
import dev.jpull.text.ForeignText;
import dev.jpull.toml.TableReader;
import dev.jpull.toml.TomlFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the text of one registries.conf.
 *
 * @param findings gets what is wrong
 */
record FileParser(Findings findings) {
    private static final List<String> MODES = List.of("enforcing", "permissive", "disabled");
    private static final String SEARCH = "unqualified-search-registries";
    private static final String SEARCH_REMEDY = "write " + SEARCH + " = [\"registry.example\", \"docker.io\"]";
    private static final String OF_AUTH_FILES = "containers-auth.json";

    /**
     * Reads a file.
     *
     * @param dropIn whether it is one of a drop-in directory, where version 1 of the format is refused
     */
    FileSettings parse(Path path, String text, boolean dropIn) {
        TomlFile file = TomlFile.parse(path, text, TableParser.REFUSED, findings);
        if (file.hasErrors()) {
            return FileSettings.NONE;
        }
        TableReader root = TableReader.ofRoot(file, findings, TableParser.REFUSED);
        KnownKeys keys = KnownKeys.of(root, KnownKeys.ROOT, findings);
        if (keys.has("registries")) {
            return new VersionOne(findings).read(keys, dropIn);
        }
        reviewOthers(keys);
        List<RegistryTable> tables = new ArrayList<>();
        if (keys.has("registry")) {
            TableParser parser = new TableParser(findings);
            for (TableReader table :
                    root.tables(keys.key("registry"), "write [[registry]], in double brackets, before each registry")) {
                RegistryTable read = parser.registry(table);
                if (read != null) {
                    tables.add(read);
                }
            }
        }
        return new FileSettings(
                tables,
                keys.has(SEARCH) ? search(root, keys.key(SEARCH)) : null,
                keys.has("aliases") ? aliases(root, keys.key("aliases")) : Map.of());
    }

    private void reviewOthers(KnownKeys keys) {
        String mode = keys.text("short-name-mode", "write short-name-mode = \"enforcing\"");
        if (!mode.isEmpty() && !MODES.contains(mode)) {
            keys.table()
                    .error(
                            "short-name-mode",
                            keys.key("short-name-mode"),
                            "\"" + mode + "\" is none of its values",
                            "write one of " + String.join(", ", MODES) + Spelling.suggestion(mode, MODES));
        }
        keys.text("additional-layer-store-auth-helper", "write the name of a program in quotes");
        String helpers = keys.key("credential-helpers");
        List<String> named = keys.has("credential-helpers")
                ? keys.table().texts(helpers, "write [\"" + OF_AUTH_FILES + "\"]")
                : null;
        if (named != null && named.stream().anyMatch(name -> !name.equals(OF_AUTH_FILES))) {
            findings.warning(
                    "unread-helpers",
                    keys.table().positionOf(helpers),
                    "the credential helpers of this file are not asked: jpull reads auth.json and docker's config.json",
                    "asks them, in this order",
                    "name the helpers in auth.json or config.json, as credHelpers");
        }
    }

    /** The registries for short names, which are hosts alone. */
    List<SearchRegistry> search(TableReader table, String key) {
        List<String> written = table.texts(key, SEARCH_REMEDY);
        List<SearchRegistry> search = new ArrayList<>();
        for (int i = 0; written != null && i < written.size(); i++) {
            String host = written.get(i).replaceFirst("/+$", "");
            SourcePosition position = table.positionOf(key, i);
            Optional<String> flaw = Location.flawOfHost(host);
            if (flaw.isPresent()) {
                findings.error(
                        "search-registry",
                        position,
                        flaw.get(),
                        "refuses the configuration, or finds nothing there",
                        SEARCH_REMEDY);
            } else {
                search.add(new SearchRegistry(host, position));
            }
        }
        return search;
    }

    private Map<String, Alias> aliases(TableReader root, String key) {
        TableReader table =
                root.table(key, "write [aliases], and below it \"busybox\" = \"docker.io/library/busybox\"");
        Map<String, Alias> aliases = new LinkedHashMap<>();
        if (table == null) {
            return aliases;
        }
        for (String name : table.keys()) {
            String target = table.text(name, "write \"" + name + "\" = \"docker.io/library/" + name + "\"");
            SourcePosition position = table.positionOf(name);
            if (target == null) {
                continue;
            }
            Optional<String> repository = target.isEmpty() ? Optional.of("") : repository(target);
            if (!ShortNames.isName(name)) {
                findings.error(
                        "alias",
                        position,
                        "\"" + name + "\" is not a short name: it has a registry, a tag or a digest, or is none at all",
                        TableParser.REFUSED,
                        "write the repository alone, such as \"busybox\"");
            } else if (repository.isEmpty()) {
                findings.error(
                        "alias",
                        position,
                        "\"" + ForeignText.address(target) + "\" is not a repository in full, without tag and digest",
                        TableParser.REFUSED,
                        "write registry and repository, such as \"docker.io/library/busybox\"");
            } else {
                aliases.put(name, new Alias(repository.get(), position));
            }
        }
        return aliases;
    }

    /** The repository that an alias stands for, normalised; empty when it has no registry, or a tag or digest. */
    private static Optional<String> repository(String target) {
        if (ImageReference.isShort(target)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ImageReference.parseRepository(target).name());
        } catch (ReferenceException e) {
            return Optional.empty(); // the caller says what a repository is
        }
    }
}
