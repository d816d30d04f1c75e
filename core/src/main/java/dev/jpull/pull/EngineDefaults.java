// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.text.ForeignText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fills in what the program has not set: from the CRI configuration when there is one, else with the defaults of jpull.
 *
 * @param roots the hosts directories, the first that has something for a registry wins
 * @param cri the CRI configuration, or null
 */
public record EngineDefaults(List<Path> roots, @Nullable CriConfig cri) {
    /** The largest number of concurrent downloads. */
    public static final int MAX_CONCURRENT_DOWNLOADS = 256;

    /** Instead of a number of concurrent downloads: as many as the hosts are worth. */
    public static final int AUTO_DOWNLOADS = -1;

    /** Copies the list. */
    public EngineDefaults {
        roots = List.copyOf(roots);
    }

    /**
     * Reads the CRI configuration, and checks that hosts directories exist: with a wrong path, every pull would go to the
     * registries themselves.
     *
     * @param given the hosts directories that the program has set; empty for the standard ones
     * @param criConfig the file with the CRI configuration, or null
     * @throws ConfigurationException if the file cannot be used or stands beside a hosts directory, or a hosts directory is none
     */
    public static EngineDefaults read(List<Path> given, @Nullable Path criConfig, StandardLocations locations) {
        if (criConfig != null && !given.isEmpty()) {
            throw new ConfigurationException("criConfig(" + shown(criConfig) + ") and hostsDirectory("
                    + shown(given.get(0)) + ") exclude each other: the file names its directories itself");
        }
        for (Path directory : given) {
            if (!Files.isDirectory(directory)) {
                throw new ConfigurationException("the hosts directory " + shown(directory) + " "
                        + (Files.exists(directory)
                                ? "is no directory"
                                : "does not exist, or cannot be seen by this user")
                        + ": make it, correct the path, or leave the setting out");
            }
        }
        if (criConfig == null) {
            return new EngineDefaults(given.isEmpty() ? locations.hostsDirectories() : given, null);
        }
        CriConfig cri = CriConfig.read(criConfig);
        return new EngineDefaults(cri.configPath(), cri);
    }

    private static String shown(Path path) {
        return ForeignText.line(path.toString());
    }

    /** The configuration of registry hosts. */
    public HostConfiguration hosts(HostDefaults defaults) {
        return new HostConfiguration(roots, defaults, cri);
    }

    /**
     * The credentials in their order: those of the program, those of the CRI configuration, those of the user.
     *
     * @param first a source that the program has set
     * @param last a source that the program has set
     */
    public CredentialSource credentials(CredentialSource first, CredentialSource last) {
        CredentialSource known = new GuardedCredentials(first);
        if (cri != null) {
            known = known.orElse(new CriCredentials(cri));
        }
        return known.orElse(new GuardedCredentials(last));
    }

    /** The progress timeout; zero for none. */
    public Duration progressTimeout(@Nullable Duration given) {
        if (given != null) {
            return given;
        }
        return cri == null ? Duration.ZERO : cri.progressTimeout();
    }

    /**
     * The number of concurrent downloads, or 0 when it follows what the hosts answer and send.
     *
     * @param given what the program has set: a number, {@link #AUTO_DOWNLOADS}, or 0 for nothing
     */
    public int downloads(int given) {
        if (given == AUTO_DOWNLOADS) {
            return 0;
        }
        if (given > 0) {
            return given;
        }
        if (cri == null || !cri.limitsDownloads()) {
            return 0;
        }
        // Zero means no limit to containerd; ours is the largest that is allowed.
        int asked = cri.maxConcurrentDownloads();
        return asked == 0 ? MAX_CONCURRENT_DOWNLOADS : Math.min(asked, MAX_CONCURRENT_DOWNLOADS);
    }
}
