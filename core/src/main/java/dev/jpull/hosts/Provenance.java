// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.SourcePosition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who said what about a host.
 *
 * @param host where the host was written
 * @param settings where each of its settings was written, by the name of the setting, in the order of the file
 * @param implied whether nobody wrote the host: the registry itself, which stands behind its mirrors
 */
public record Provenance(SourcePosition host, Map<String, SourcePosition> settings, boolean implied) {
    /** A host that nobody wrote. */
    public static final Provenance BUILT_IN = new Provenance(SourcePosition.BUILT_IN, Map.of(), true);

    /** Copies the map. */
    public Provenance {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** The same with another setting; what was written closer to the host counts. */
    Provenance with(String setting, SourcePosition position) {
        Map<String, SourcePosition> more = new LinkedHashMap<>(settings);
        more.putIfAbsent(setting, position);
        return new Provenance(host, more, implied);
    }

    /** The same for a host that stands there because nobody wrote another one. */
    Provenance asImplied() {
        return new Provenance(host, settings, true);
    }
}
