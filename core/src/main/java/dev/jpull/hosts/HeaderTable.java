// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.toml.TableReader;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code header} table of a host (docs/containerd.md section 3.2). */
final class HeaderTable {
    private HeaderTable() {}

    /**
     * The headers in the order of the file; errors become findings.
     *
     * @param host the table of the host
     * @param key the key of the header table, as written
     * @param settings the settings of a host, which are no headers when they follow the line of the table
     */
    static List<Header> read(TableReader host, String key, List<String> settings) {
        TableReader table = host.table(key, "write [host.\"https://mirror.example\".header]");
        List<Header> headers = new ArrayList<>();
        if (table == null) {
            return headers;
        }
        for (String name : table.keys()) {
            if (settings.contains(name) && !name.equals("host")) {
                table.errorThatIsTaken(
                        "swallowed-key",
                        table.positionOf(name),
                        "\"" + name + "\" follows the line of the header table, so that TOML reads it as a header",
                        "sends it as a header",
                        "move it above the line that starts the header table");
            } else if (!Header.isName(name)) {
                table.errorThatIsTaken(
                        "header-name",
                        table.positionOf(name),
                        "\"" + name + "\" is not a header name",
                        "fails every request to this host",
                        "use letters, digits and -");
            } else {
                headers.addAll(values(table, name));
            }
        }
        return headers;
    }

    private static List<Header> values(TableReader table, String name) {
        List<String> values = table.textOrTexts(name, "a string or an array of strings", "put its value in quotes");
        if (values == null) {
            return List.of();
        }
        if (!values.stream().allMatch(Header::isValue)) {
            table.errorThatIsTaken(
                    "header-value",
                    table.positionOf(name),
                    "the value of header \"" + name + "\" has control characters",
                    "fails every request to this host",
                    "remove them");
            return List.of();
        }
        return values.stream().map(text -> new Header(name, text)).toList();
    }
}
