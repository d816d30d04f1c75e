// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.dialect.Dialect;
import dev.jpull.dialect.DialectDetection;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.lint.Findings;
import dev.jpull.text.ForeignText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Fills in what the program has not set: from the registry configuration where it says something, else with the defaults of jpull.
 *
 * @param choice by what the configuration was chosen
 * @param configuration the configuration of registry hosts, and how it was chosen
 */
public record EngineDefaults(ConfigurationChoice choice, ChosenConfiguration configuration) {
    /** The largest number of concurrent downloads. */
    public static final int MAX_CONCURRENT_DOWNLOADS = 256;

    /** Instead of a thread factory: plain threads. */
    public static final ThreadFactory THREADS = Thread::new;

    private static final String GIVEN = "as it was given";

    /** Instead of a number of concurrent downloads: as many as the hosts are worth. */
    public static final int AUTO_DOWNLOADS = -1;

    /**
     * Reads the registry configuration, and checks that hosts directories exist and are some: with a wrong path, every pull would go
     * to the registries themselves.
     *
     * @throws ConfigurationException if the file cannot be used or stands beside a hosts directory, or a hosts directory is none
     *     or has nothing for any registry
     */
    public static EngineDefaults read(ConfigurationChoice choice) {
        List<Path> given = choice.hostsDirectories();
        if (choice.configuration() != null) {
            if (!given.isEmpty()) {
                throw new ConfigurationException("configuration(" + shown(choice.configuration())
                        + ") and hostsDirectory(" + shown(given.get(0))
                        + ") exclude each other: two configurations are never mixed");
            }
            return new EngineDefaults(choice, named(choice.configuration(), choice.defaults()));
        }
        if (given.isEmpty()) {
            return new EngineDefaults(choice, new MachineConfiguration(choice.locations(), choice.defaults()).find());
        }
        given.forEach(EngineDefaults::requireHostsDirectory);
        return new EngineDefaults(
                choice,
                new ChosenConfiguration(
                        Dialect.HOSTS_DIRECTORY, given, GIVEN, new ContainerdHosts(given, choice.defaults())));
    }

    private static void requireHostsDirectory(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new ConfigurationException("the hosts directory " + shown(directory) + " "
                    + (Files.exists(directory) ? "is no directory" : "does not exist, or cannot be seen by this user")
                    + ": make it, correct the path, or leave the setting out");
        }
        new HostsDirectory(directory).requireRegistries();
    }

    private static ChosenConfiguration named(Path path, HostDefaults defaults) {
        DialectDetection told = DialectDetection.of(path);
        HostConfiguration hosts = new ConfigurationReader(defaults).readWithErrors(told);
        Findings.refuseErrors(hosts.findings());
        return new ChosenConfiguration(told.dialect(), List.of(told.path()), GIVEN, hosts);
    }

    /** What the configuration says about registry hosts. */
    public HostConfiguration hosts() {
        return configuration.hosts();
    }

    private static String shown(Path path) {
        return ForeignText.line(path.toString());
    }

    /**
     * The credentials in their order: those of the program, those of the registry configuration, those of the user.
     *
     * @param first a source of the program, which throws nothing but failures
     * @param last a source of the program, which throws nothing but failures
     */
    public CredentialSource credentials(CredentialSource first, CredentialSource last) {
        return first.orElse(hosts().credentials()).orElse(last);
    }

    /** The progress timeout; zero for none. */
    public Duration progressTimeout(@Nullable Duration given) {
        if (given != null) {
            return given;
        }
        return hosts().progressTimeout().orElse(Duration.ZERO);
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
        OptionalInt asked = hosts().concurrentDownloads();
        if (asked.isEmpty()) {
            return 0;
        }
        // Zero means no limit to containerd; ours is the largest that is allowed.
        return asked.getAsInt() == 0 ? MAX_CONCURRENT_DOWNLOADS : Math.min(asked.getAsInt(), MAX_CONCURRENT_DOWNLOADS);
    }
}
