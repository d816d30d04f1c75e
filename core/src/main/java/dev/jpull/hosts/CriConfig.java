// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The registry settings of the CRI plugin in containerd's config.toml of versions 1 to
 * 4 (docs/containerd.md section 9). Deprecated forms are read as well: old clusters use them.
 *
 * @param configPath hosts directories; used when there are no mirrors
 * @param configPathAt where the directories were written, or null when they are the default
 * @param mirrors deprecated: the endpoints for a namespace, or for all others under {@code *}; empty when not used
 * @param configs deprecated: TLS and credentials by host
 * @param headers headers for all hosts
 * @param headersAt where the headers were written, or null when there are none
 * @param maxConcurrentDownloads how many blobs are downloaded at once
 * @param limitsDownloads whether the file has that number, and it is not containerd's default
 * @param progressTimeout how long a pull may make no progress; zero for no limit
 * @param findings what is wrong or suspicious in the file
 */
public record CriConfig(
        List<Path> configPath,
        @Nullable SourcePosition configPathAt,
        Map<String, Mirror> mirrors,
        Map<String, HostSettings> configs,
        List<Header> headers,
        @Nullable SourcePosition headersAt,
        int maxConcurrentDownloads,
        boolean limitsDownloads,
        Duration progressTimeout,
        List<Finding> findings) {
    /** How many blobs are downloaded at once when the file does not say. */
    public static final int DEFAULT_CONCURRENT_DOWNLOADS = 3;

    /** How long a pull may make no progress when the file does not say. */
    public static final Duration DEFAULT_PROGRESS_TIMEOUT = Duration.ofMinutes(5);

    /** Copies the collections. */
    public CriConfig {
        configPath = List.copyOf(configPath);
        mirrors = Collections.unmodifiableMap(new LinkedHashMap<>(mirrors));
        configs = Map.copyOf(configs);
        headers = List.copyOf(headers);
        findings = List.copyOf(findings);
    }

    /**
     * A deprecated mirror.
     *
     * @param endpoints the endpoints in order
     * @param source where it was written
     */
    public record Mirror(List<MirrorEndpoint> endpoints, SourcePosition source) {
        /** Copies the list. */
        public Mirror {
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * An endpoint of a deprecated mirror.
     *
     * @param url the endpoint as written
     * @param source where it was written
     */
    public record MirrorEndpoint(String url, SourcePosition source) {}

    /**
     * What the deprecated {@code configs} table says about a host.
     *
     * @param tls its TLS settings, or null
     * @param auth its credentials, or null
     * @param source where it was written
     * @param positions where each setting was written, by the name that hosts.toml has for it
     */
    public record HostSettings(
            @Nullable TlsSettings tls,
            @Nullable CriAuth auth,
            SourcePosition source,
            Map<String, SourcePosition> positions) {
        /** Copies the map. */
        public HostSettings {
            positions = Collections.unmodifiableMap(new LinkedHashMap<>(positions));
        }

        /** What is known of a host, and where these settings were written. */
        Provenance addTo(Provenance provenance) {
            Provenance all = provenance;
            for (Map.Entry<String, SourcePosition> position : positions.entrySet()) {
                all = all.with(position.getKey(), position.getValue());
            }
            return all;
        }
    }

    /**
     * Reads a config.toml and the files that it imports.
     *
     * @throws ConfigurationException if anything in the tables about registries cannot be used
     */
    public static CriConfig read(Path file) {
        CriConfig config = readWithErrors(file);
        Findings.refuseErrors(config.findings());
        return config;
    }

    /** The same, with errors among the findings. */
    public static CriConfig readWithErrors(Path file) {
        Findings findings = new Findings();
        return new CriConfigReader(CriConfigFiles.load(file, findings), findings).read();
    }

    /**
     * Whether a file may have settings of registries, by its words: most files have none, and parsing takes a tenth of a second in
     * a young process. True as well when it cannot be read.
     */
    public static boolean mentionsRegistries(Path file) {
        return CriConfigFiles.mentionsAny(file, List.of("registr", "config_path", "mirrors", "imports"));
    }

    /** Whether anything in the file decides where images come from, or how a host is contacted. */
    public boolean configuresRegistries() {
        return configPathAt != null || !mirrors.isEmpty() || !configs.isEmpty() || !headers.isEmpty();
    }

    /** Whether the deprecated mirrors decide, and not hosts directories. */
    public boolean usesMirrors() {
        return !mirrors.isEmpty();
    }
}
