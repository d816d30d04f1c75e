// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.compression.InflateEngine;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.event.PullListener;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.http.HttpOptions;
import dev.jpull.lockfile.LockRules;
import dev.jpull.registry.Sleeper;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is built with.
 *
 * @param configuration the configuration of registry hosts
 * @param upstream whether a registry may be asked that the configuration does not name
 * @param store the directory of the store
 * @param flushes whether content is on the disk before it has its name
 * @param http how hosts are reached, and with which credentials
 * @param transfers how many transfers run at once
 * @param layers how the content of layers is worked on
 * @param given what the program gives to the engine
 * @param sleeper how pauses before a retry pass
 * @param progressTimeout how long the hosts may send nothing; zero for no limit
 * @param deadline how long a pull may take that has no deadline of its own; zero for no limit
 * @param lock how a lock file is used; null for none
 */
public record EngineOptions(
        HostConfiguration configuration,
        boolean upstream,
        Path store,
        boolean flushes,
        HttpOptions http,
        Transfers transfers,
        Layers layers,
        Given given,
        Sleeper sleeper,
        Duration progressTimeout,
        Duration deadline,
        @Nullable LockRules lock) {
    /**
     * How many transfers run at once, over all pulls of the engine.
     *
     * @param downloads how many blobs; 0 for as many as their hosts are worth
     * @param connections over how many connections, at least 1
     * @param connectionsPerHost how many of the connections may go to one host, at least 1
     * @param spread whether large blobs are fetched from all capable hosts at once
     */
    public record Transfers(int downloads, int connections, int connectionsPerHost, boolean spread) {}

    /**
     * How the content of layers is worked on, in all pulls of the engine.
     *
     * @param workers how many layers at once, at least 1
     * @param limits on what a compressed layer may become
     * @param inflater what inflates gzip, as {@link InflateEngine#of} takes it
     */
    public record Layers(int workers, DecodeLimits limits, String inflater) {}

    /**
     * What the program gives to the engine: objects of its own, which the engine calls.
     *
     * @param listener gets the events of every pull
     * @param chooser decides which image a name without a registry means, when the configuration allows several; gets the name and
     *     the images in full, and returns one of these, or nothing so that the call fails
     * @param threads makes the threads of the engine
     * @param clock has the times of events, and the dates at which content of the store was used
     * @param sources the sources of credentials, which are closed with the engine
     */
    public record Given(
            PullListener listener,
            BiFunction<String, List<String>, Optional<String>> chooser,
            ThreadFactory threads,
            Clock clock,
            List<CredentialSource> sources) {
        /** Copies the list. */
        public Given {
            sources = List.copyOf(sources);
        }
    }
}
