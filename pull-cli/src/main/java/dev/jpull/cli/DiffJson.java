// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsDiff;
import dev.jpull.finding.SourcePosition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The machine format of {@code jpull hosts diff}. */
final class DiffJson {
    private DiffJson() {}

    static String write(HostsDiff diff) {
        return ResultJson.write(
                Map.of("changes", diff.changes().stream().map(DiffJson::change).toList()));
    }

    private static Object change(HostsDiff.Change change) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scope", change.scope());
        json.put("kind", change.kind());
        json.put("sign", String.valueOf(change.sign()));
        json.put("dangerous", change.dangerous());
        json.put("message", change.message());
        json.put("images", change.images());
        json.put("before", position(change.before()));
        json.put("after", position(change.after()));
        return json;
    }

    private static @Nullable Object position(SourcePosition position) {
        if (position.file() == null) {
            return null;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", position.file().toString());
        json.put("line", position.line());
        json.put("column", position.column());
        return json;
    }
}
