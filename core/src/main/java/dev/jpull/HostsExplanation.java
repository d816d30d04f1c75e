// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.diagnose.Explanation;
import dev.jpull.finding.Finding;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests that a pull of an image would send, in their order, and the file that they follow from. Immutable.
 *
 * @since 0.1.0
 */
public final class HostsExplanation {
    private final Explanation explanation;

    HostsExplanation(Explanation explanation) {
        this.explanation = explanation;
    }

    /** {@return the complete reference} */
    public String name() {
        return explanation.name();
    }

    /** {@return the registry part of the reference, which selects the configuration} */
    public String namespace() {
        return explanation.namespace();
    }

    /** {@return the directories that were looked for, in order, up to the one that was found} */
    public List<Path> tried() {
        return explanation.tried();
    }

    /** {@return the directory that configures the namespace, or null when there is none} */
    public @Nullable Path directory() {
        return explanation.directory();
    }

    /** {@return the endpoints that would resolve the reference, in order} */
    public List<Endpoint> resolve() {
        return explanation.resolve().stream().map(Endpoint::new).toList();
    }

    /** {@return the endpoints that would serve manifests and blobs, in order} */
    public List<Endpoint> pull() {
        return explanation.pull().stream().map(Endpoint::new).toList();
    }

    /** {@return the endpoints that would be asked what refers to the image, in order} */
    public List<Endpoint> referrers() {
        return explanation.referrers().stream().map(Endpoint::new).toList();
    }

    /** {@return the hosts without a request, each with the reason} */
    public List<Skipped> skipped() {
        return explanation.skipped().stream().map(Skipped::new).toList();
    }

    /** {@return what is suspicious in the configuration} */
    public List<Finding> findings() {
        return explanation.findings();
    }

    @Override
    public String toString() {
        return "HostsExplanation[name=" + name() + ", resolve=" + resolve() + ", pull=" + pull() + ", referrers="
                + referrers() + ", skipped=" + skipped() + ", findings=" + findings() + "]";
    }

    /** A host with a request. Immutable. */
    public static final class Endpoint {
        private final Explanation.Endpoint endpoint;

        private Endpoint(Explanation.Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        /** {@return the URL of the manifest, or that of blobs or referrers with {@code {digest}} in it} */
        public String url() {
            return endpoint.url();
        }

        /** {@return the host with its settings} */
        public ConfiguredHost host() {
            return new ConfiguredHost(endpoint.host());
        }

        /** {@return a description of each CA file: its path, and subject and expiry of its certificates} */
        public List<String> ca() {
            return endpoint.ca();
        }

        /** {@return a description of each client certificate file, in the same form} */
        public List<String> client() {
            return endpoint.client();
        }

        /** {@return the source of its credentials, or null when there are none} */
        public @Nullable String credentials() {
            return endpoint.credentials();
        }

        @Override
        public String toString() {
            return url();
        }
    }

    /** A host without a request. Immutable. */
    public static final class Skipped {
        private final Explanation.Skipped skipped;

        private Skipped(Explanation.Skipped skipped) {
            this.skipped = skipped;
        }

        /** {@return the host with its settings} */
        public ConfiguredHost host() {
            return new ConfiguredHost(skipped.host());
        }

        /** {@return the step without a request, and why} */
        public String reason() {
            return skipped.reason();
        }

        @Override
        public String toString() {
            return host() + ": " + reason();
        }
    }
}
