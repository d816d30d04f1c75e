// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of an image: what it was built for, how it is run and how it was built (OCI image-spec, config.md). The texts
 * are those of its author, of any length, and may hold anything: print them through {@code dev.jpull.PrintableText}.
 *
 * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
 *
 * @param platform the platform that the image was built for, as it is written there
 * @param created when it was built, as it is written there; empty when it is not
 * @param author its author; may be empty
 * @param execution how it is run
 * @param diffIds the digests of the uncompressed layers, base first
 * @param history the steps by which it was built, first step first
 * @since 0.1.0
 */
public record ImageConfig(
        Platform platform, String created, String author, Execution execution, List<Digest> diffIds, List<Step> history)
        implements Serializable {
    /** Copies the lists. */
    public ImageConfig {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(author, "author");
        Objects.requireNonNull(execution, "execution");
        diffIds = List.copyOf(diffIds);
        history = List.copyOf(history);
    }

    /** {@return when it was built; empty when the configuration does not say it, or not as RFC 3339 wants it} */
    public Optional<Instant> createdAt() {
        try {
            return created.isEmpty()
                    ? Optional.empty()
                    : Optional.of(OffsetDateTime.parse(created).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty(); // images with such dates run all the same
        }
    }

    /**
     * How an image is run: the object {@code config} of its configuration.
     *
     * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
     *
     * @param user the user, such as {@code 1000:1000}; empty for root
     * @param workingDirectory where it is started; empty for the root directory
     * @param entrypoint the program with its first arguments
     * @param command further arguments, or the program when there is no entry point
     * @param environment variables, such as {@code PATH=/bin}
     * @param exposedPorts ports, such as {@code 80/tcp}
     * @param volumes directories for data
     * @param stopSignal the signal that ends it; may be empty
     * @param labels its labels, in document order
     * @param healthcheck how it is found out whether it works; null when the image does not say it
     * @param shell the program with its first arguments that runs a command line; docker's alone, empty for its default
     * @param onBuild the steps of a build that has the image as its base, such as {@code RUN make}; docker's alone
     */
    public record Execution(
            String user,
            String workingDirectory,
            List<String> entrypoint,
            List<String> command,
            List<String> environment,
            List<String> exposedPorts,
            List<String> volumes,
            String stopSignal,
            Map<String, String> labels,
            @Nullable Healthcheck healthcheck,
            List<String> shell,
            List<String> onBuild)
            implements Serializable {
        /** Copies the collections. */
        public Execution {
            Objects.requireNonNull(user, "user");
            Objects.requireNonNull(workingDirectory, "workingDirectory");
            Objects.requireNonNull(stopSignal, "stopSignal");
            entrypoint = List.copyOf(entrypoint);
            command = List.copyOf(command);
            environment = List.copyOf(environment);
            exposedPorts = List.copyOf(exposedPorts);
            volumes = List.copyOf(volumes);
            labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
            shell = List.copyOf(shell);
            onBuild = List.copyOf(onBuild);
        }
    }

    /**
     * How docker finds out whether a container of the image works. A time or number of 0 stands for docker's default.
     *
     * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
     *
     * @param test {@code CMD} and a program with arguments, {@code CMD-SHELL} and a command line, or {@code NONE}; empty for the
     *     test of the base image
     * @param interval the time between two tests
     * @param timeout how long a test may take
     * @param startPeriod how long failures do not count after the start
     * @param startInterval the time between two tests in the start period
     * @param retries after how many failures the container is unhealthy
     */
    public record Healthcheck(
            List<String> test,
            Duration interval,
            Duration timeout,
            Duration startPeriod,
            Duration startInterval,
            long retries)
            implements Serializable {
        /** Copies the list. */
        public Healthcheck {
            test = List.copyOf(test);
            Objects.requireNonNull(interval, "interval");
            Objects.requireNonNull(timeout, "timeout");
            Objects.requireNonNull(startPeriod, "startPeriod");
            Objects.requireNonNull(startInterval, "startInterval");
        }
    }

    /**
     * A step by which an image was built.
     *
     * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
     *
     * @param created when, as it is written there; may be empty
     * @param createdBy the command; may be empty
     * @param author its author; may be empty
     * @param comment a comment; may be empty
     * @param emptyLayer whether it made no layer
     * @param layer the number of the layer that it made, from 0; null when it made none, or when the history has another number
     *     of layers than the image, so that it cannot be told
     */
    public record Step(
            String created,
            String createdBy,
            String author,
            String comment,
            boolean emptyLayer,
            @Nullable Integer layer)
            implements Serializable {
        /** Checks that all texts are there. */
        public Step {
            Objects.requireNonNull(created, "created");
            Objects.requireNonNull(createdBy, "createdBy");
            Objects.requireNonNull(author, "author");
            Objects.requireNonNull(comment, "comment");
        }
    }
}
