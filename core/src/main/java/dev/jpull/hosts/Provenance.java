// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.SourcePosition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The places in files where a host and its settings were written.
 *
 * @param host where the host was written
 * @param settings where each of its settings was written, by the name of the setting, in the order of the file
 * @param implied whether no file names the host: it is the registry itself, which comes after its mirrors
 */
public record Provenance(SourcePosition host, Map<String, SourcePosition> settings, boolean implied) {
    /** A host that no file names. */
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

    /** The same for a host that is implied, because no file names one. */
    Provenance asImplied() {
        return new Provenance(host, settings, true);
    }
}
