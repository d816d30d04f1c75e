// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.PullException;
import dev.jpull.event.PullListener;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpOptions;
import dev.jpull.transfer.TransferPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds an {@link ImagePuller}. For use by one thread. */
public final class ImagePullerBuilder {
    /** How many downloads run at once when nothing is said, as in the Kubernetes CRI. */
    public static final int DEFAULT_CONCURRENT_DOWNLOADS = 3;

    private static final int MAX_CONCURRENT_DOWNLOADS = 256;

    private final List<Path> hostsDirectories = new ArrayList<>();
    private @Nullable Path criConfig;
    private @Nullable Path store;
    private int maxConcurrentDownloads;
    private PullListener listener = PullListener.NONE;
    private CredentialSource credentials = CredentialSource.ANONYMOUS;
    private Map<String, String> environment = System.getenv();
    private @Nullable TlsSettings tls;
    private boolean plainHttp;
    private boolean upstream = true;
    private @Nullable Consumer<String> httpTrace;

    ImagePullerBuilder() {}

    /**
     * A directory with host configuration, such as {@code /etc/containerd/certs.d}; may be given several times, the first
     * that has something for a registry wins. Without it, the usual places are searched, see {@link StandardLocations}.
     */
    public ImagePullerBuilder hostsDirectory(Path directory) {
        hostsDirectories.add(directory);
        return this;
    }

    /**
     * A containerd config.toml, whose CRI tables say where hosts directories or deprecated mirrors are; instead of
     * {@link #hostsDirectory}. Its credentials come after those of {@link #credentials}.
     */
    public ImagePullerBuilder criConfig(Path file) {
        criConfig = file;
        return this;
    }

    /** The directory to pull into; an OCI image layout. The default is the one of the user, see {@link StandardLocations}. */
    public ImagePullerBuilder store(Path directory) {
        store = directory;
        return this;
    }

    /**
     * How many blobs are downloaded at once, over all pulls of this puller.
     *
     * @param count from 1 to 256
     */
    public ImagePullerBuilder maxConcurrentDownloads(int count) {
        if (count < 1 || count > MAX_CONCURRENT_DOWNLOADS) {
            throw new IllegalArgumentException(
                    "the number of concurrent downloads must be from 1 to " + MAX_CONCURRENT_DOWNLOADS);
        }
        maxConcurrentDownloads = count;
        return this;
    }

    /** Who is told what happens. */
    public ImagePullerBuilder listener(PullListener wanted) {
        listener = wanted;
        return this;
    }

    /** Where credentials come from; the default knows none. */
    public ImagePullerBuilder credentials(CredentialSource source) {
        credentials = source;
        return this;
    }

    /** Where proxies and standard directories are looked up instead of the environment of this process. */
    public ImagePullerBuilder environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /** TLS settings for all hosts; what a host's own configuration says comes on top. */
    public ImagePullerBuilder tls(TlsSettings settings) {
        tls = settings;
        return this;
    }

    /** Whether registries that are not configured are contacted by plain HTTP; never docker.io. */
    public ImagePullerBuilder plainHttp(boolean wanted) {
        plainHttp = wanted;
        return this;
    }

    /**
     * Whether the registry itself may be asked where the configuration does not name it, as containerd does. Without it,
     * mirrors and a written {@code server} are all there is.
     */
    public ImagePullerBuilder upstream(boolean wanted) {
        upstream = wanted;
        return this;
    }

    /** Takes a line for every event of every connection. Must be safe for use by several threads. */
    public ImagePullerBuilder httpTrace(Consumer<String> lines) {
        httpTrace = lines;
        return this;
    }

    /**
     * The puller.
     *
     * @throws PullException if the CRI configuration cannot be used
     */
    public ImagePuller build() {
        StandardLocations locations = new StandardLocations(environment);
        CriConfig cri = criConfig == null ? null : CriConfig.read(criConfig);
        List<Path> roots = hostsDirectories.isEmpty() ? locations.hostsDirectories() : hostsDirectories;
        CredentialSource known = credentials;
        int downloads = maxConcurrentDownloads > 0 ? maxConcurrentDownloads : DEFAULT_CONCURRENT_DOWNLOADS;
        if (cri != null) {
            roots = cri.configPath();
            known = credentials.orElse(new CriCredentials(cri));
            if (maxConcurrentDownloads == 0) {
                // Zero means no limit to containerd; ours is the largest that is allowed.
                int asked = cri.maxConcurrentDownloads();
                downloads = asked == 0 ? MAX_CONCURRENT_DOWNLOADS : Math.min(asked, MAX_CONCURRENT_DOWNLOADS);
            }
        }
        HttpOptions options = new HttpOptions(
                environment,
                known,
                tls == null ? TlsSettings.NONE : tls,
                HttpOptions.DEFAULT_ANSWER_TIMEOUT,
                httpTrace,
                List.of());
        return new ImagePuller(
                new HostConfiguration(roots, new HostDefaults(plainHttp ? "http" : null, tls), cri),
                store == null ? locations.store() : store,
                known,
                upstream,
                new HttpClients(options),
                new TransferPool(downloads),
                new EventPump(listener));
    }
}
