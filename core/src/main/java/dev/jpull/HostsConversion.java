// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.diagnose.MirrorConversion;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.CriConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The deprecated mirrors, TLS settings and headers of a containerd config.toml as a hosts directory with the same
 * meaning. Immutable. {@link #of} compares the endpoints of both forms, and refuses a conversion that differs.
 */
public final class HostsConversion {
    private final MirrorConversion conversion;

    private HostsConversion(MirrorConversion conversion) {
        this.conversion = conversion;
    }

    /**
     * Converts a configuration. Writes nothing.
     *
     * @param config a containerd config.toml of version 1 to 4; the files that it imports are read as well
     * @throws ConfigurationException if it cannot be used, names hosts directories already, or cannot be converted
     */
    public static HostsConversion of(Path config) {
        return new HostsConversion(MirrorConversion.of(CriConfig.read(Objects.requireNonNull(config, "config"))));
    }

    /** The text of each file, by its path in the hosts directory. Values of headers may be secrets. */
    public Map<String, String> files() {
        return conversion.files();
    }

    /** The text of each file with the values of headers hidden. */
    public Map<String, String> shownFiles() {
        return conversion.shownFiles();
    }

    /** What a hosts directory cannot express, and how to carry it over. */
    public List<Finding> findings() {
        return conversion.findings();
    }

    /**
     * Writes the files.
     *
     * @param directory the hosts directory; it is created when it does not exist
     * @throws ConfigurationException if one of the files exists, in which case nothing is written, or cannot be written
     */
    public void write(Path directory) {
        conversion.write(Objects.requireNonNull(directory, "directory"));
    }

    @Override
    public String toString() {
        return conversion.toString();
    }
}
