// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.lint.HostCase;
import dev.jpull.lint.Spelling;
import dev.jpull.text.ForeignText;
import dev.jpull.toml.TableReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code [[registry]]} tables of one file.
 *
 * @param findings gets what is wrong
 */
record TableParser(Findings findings) {
    /** What the programs do with a file that has a wrong value. */
    static final String REFUSED = "refuses the whole configuration, so that no image is pulled";

    private static final String LOCATION_REMEDY =
            "write HOST, HOST:PORT or HOST:PORT/PATH, such as location = \"mirror.example:5000/hub\"";

    /** The table, or null when it has an error. */
    @Nullable
    RegistryTable registry(TableReader table) {
        KnownKeys keys = KnownKeys.of(table, KnownKeys.REGISTRY, findings);
        String written = keys.text("prefix", "write prefix = \"registry.example\"");
        String prefix = trimmed(keys, "prefix", written);
        Location primary = location(keys, prefix == null || !new Prefix(prefix).isWildcard());
        boolean digestsOnly = Boolean.TRUE.equals(keys.flag("mirror-by-digest-only"));
        Boolean blocked = keys.flag("blocked");
        if (keys.has("pull-from-mirror")) {
            error(
                    keys,
                    "pull-from-mirror",
                    "it is a setting of a mirror, not of the registry",
                    "move it into the [[registry.mirror]] that it is for");
        }
        List<Location> mirrors = new ArrayList<>();
        if (keys.has("mirror")) {
            for (TableReader mirror :
                    table.tables(keys.key("mirror"), "write [[registry.mirror]] before the settings of each mirror")) {
                mirror(mirror, digestsOnly, mirrors);
            }
        }
        if (digestsOnly && mirrors.isEmpty()) {
            findings.warning(
                    "no-effect",
                    table.positionOf(keys.key("mirror-by-digest-only")),
                    "mirror-by-digest-only has no effect: the registry has no mirrors",
                    Findings.IGNORED,
                    "remove it, or add a [[registry.mirror]]");
        }
        if (primary == null || prefix == null) {
            return null;
        }
        Prefix covered = new Prefix(prefix.isEmpty() ? primary.text() : prefix);
        reviewPrefix(keys, covered);
        return new RegistryTable(
                covered,
                primary,
                mirrors,
                Boolean.TRUE.equals(blocked),
                table.position(),
                keys.has("blocked") ? table.positionOf(keys.key("blocked")) : table.position());
    }

    private void mirror(TableReader table, boolean digestsOnly, List<Location> mirrors) {
        KnownKeys keys = KnownKeys.of(table, KnownKeys.MIRROR, findings);
        String written = keys.text("pull-from-mirror", "write pull-from-mirror = \"digest-only\"");
        MirrorUse use = digestsOnly ? MirrorUse.DIGEST_ONLY : MirrorUse.ALL;
        if (!written.isEmpty()) {
            Optional<MirrorUse> said = MirrorUse.of(written);
            if (digestsOnly) {
                error(
                        keys,
                        "pull-from-mirror",
                        "the registry has mirror-by-digest-only, which excludes it",
                        "keep one of them");
            } else if (said.isEmpty()) {
                error(
                        keys,
                        "pull-from-mirror",
                        "\"" + written + "\" is none of its values",
                        "write one of " + String.join(", ", MirrorUse.labels())
                                + Spelling.suggestion(written, MirrorUse.labels()));
            }
            use = said.orElse(use);
        }
        Location location = location(keys, true);
        if (location != null) {
            mirrors.add(
                    new Location(location.text(), location.insecure(), use, location.position(), location.settings()));
        }
    }

    /** The location of a table, or null when it has none that could be used. */
    private @Nullable Location location(KnownKeys keys, boolean required) {
        if (keys.has("proxy")) {
            findings.warning(
                    "unread-proxy",
                    keys.table().positionOf(keys.key("proxy")),
                    "the proxy is not used: the released versions of the programs do not know this key",
                    "ignores it silently, in versions that are not the newest",
                    "set HTTPS_PROXY and NO_PROXY in the environment");
        }
        String text = trimmed(keys, "location", keys.text("location", LOCATION_REMEDY));
        Boolean insecure = keys.flag("insecure");
        SourcePosition position = keys.has("location")
                ? keys.table().positionOf(keys.key("location"))
                : keys.table().position();
        if (text == null) {
            return null;
        }
        if (text.isEmpty() && required) {
            findings.error(
                    "no-location",
                    position,
                    "the table has no location, which only a prefix such as \"*.example\" can do without",
                    REFUSED,
                    LOCATION_REMEDY);
            return null;
        }
        Optional<String> flaw = text.isEmpty() ? Optional.empty() : Location.flaw(text);
        if (flaw.isPresent()) {
            findings.error(
                    "location",
                    position,
                    "no image can be at \"" + ForeignText.address(text) + "\": " + flaw.get(),
                    "fails every pull that the table is for",
                    LOCATION_REMEDY);
            return null;
        }
        return new Location(text, insecure, MirrorUse.ALL, position, positions(keys));
    }

    private static Map<String, SourcePosition> positions(KnownKeys keys) {
        Map<String, SourcePosition> settings = new LinkedHashMap<>();
        keys.written().forEach((name, key) -> settings.put(name, keys.table().positionOf(key)));
        return settings;
    }

    /** Without slashes at the end; null when it has a scheme. */
    private @Nullable String trimmed(KnownKeys keys, String name, String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '/') {
            end--;
        }
        if (text.startsWith("http://") || text.startsWith("https://")) {
            error(
                    keys,
                    name,
                    "\"" + ForeignText.address(text) + "\" has a scheme, which is not written here",
                    text.startsWith("http:")
                            ? "remove http://, and write insecure = true when the host has no TLS"
                            : "remove https://");
            return null;
        }
        return text.substring(0, end);
    }

    private void reviewPrefix(KnownKeys keys, Prefix prefix) {
        String key = keys.key(keys.has("prefix") ? "prefix" : "location");
        SourcePosition position = keys.table().positionOf(key);
        String text = prefix.text();
        if (prefix.isWildcard() && (text.indexOf('/') >= 0 || text.indexOf(':') >= 0 || text.indexOf('@') >= 0)) {
            findings.error(
                    "prefix",
                    position,
                    "\"" + ForeignText.address(text) + "\" has a wildcard and more than a domain",
                    REFUSED,
                    "write \"*.\" and a domain, without port and path");
            return;
        }
        HostCase.review(text.replaceFirst("/.*", ""), position, findings);
        prefix.flaw()
                .ifPresent(flaw -> findings.warning(
                        "never-matches",
                        position,
                        "the prefix \"" + ForeignText.address(text) + "\" is for no image: " + flaw,
                        "reads the table, and never uses it",
                        "write the beginning of full names, such as docker.io, registry.example:5000/team or"
                                + " *.example"));
    }

    private void error(KnownKeys keys, String name, String message, String remedy) {
        keys.table().error(name, keys.key(name), message, remedy);
    }
}
