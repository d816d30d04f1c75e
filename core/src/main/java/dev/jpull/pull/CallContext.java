// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.PullException;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpEndpoint;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.image.Platform;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.registry.Failover;
import dev.jpull.registry.HostsExhausted;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.Phase;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.registry.RetryBudget;
import dev.jpull.registry.TagList;
import dev.jpull.resolve.ResolvedImage;
import dev.jpull.resolve.Resolver;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one call of an engine works with: a pull, a resolution or a repair. Safe for use by several threads.
 *
 * @param image the reference
 * @param hosts its hosts, in the order of the configuration
 * @param pull what the requests of the call share
 * @param events the events of the call, with its number
 * @param reporter reports warnings and failed hosts, and counts the latter
 * @param outcome masks secrets in results, events and failures
 */
record CallContext(
        ImageReference image,
        NamespaceHosts hosts,
        PullContext pull,
        CallEvents events,
        PullReporter reporter,
        MaskedOutcome outcome) {
    /**
     * The context of one call.
     *
     * @param credentials where credentials come from before those of the engine, or null
     */
    static CallContext of(
            ImageReference image,
            NamespaceHosts hosts,
            @Nullable CredentialSource credentials,
            EngineResources resources,
            CallEvents events,
            Cancellation cancellation) {
        MaskedOutcome outcome = new MaskedOutcome(resources.clients().mask());
        PullReporter reporter = new PullReporter(outcome.before(events));
        return of(image, hosts, credentials, resources, new Call(events, reporter, outcome, cancellation));
    }

    /**
     * The context of another reference to the image of the same call: what was reported is not reported again, and failed hosts are
     * counted together.
     */
    CallContext ofOther(
            ImageReference other,
            NamespaceHosts itsHosts,
            @Nullable CredentialSource credentials,
            EngineResources resources) {
        return of(other, itsHosts, credentials, resources, new Call(events, reporter, outcome, pull.cancellation()));
    }

    /** What does not depend on the reference. */
    private record Call(CallEvents events, PullReporter reporter, MaskedOutcome outcome, Cancellation cancellation) {}

    private static CallContext of(
            ImageReference image,
            NamespaceHosts hosts,
            @Nullable CredentialSource credentials,
            EngineResources resources,
            Call call) {
        Function<RegistryHost, HttpEndpoint> connections = credentials == null
                ? resources.clients()::endpoint
                : resources.clients().endpointsWith(credentials);
        List<RegistryEndpoint> endpoints = hosts.hosts().stream()
                .map(host -> new RegistryEndpoint(connections.apply(host), hosts.namespace()))
                .toList();
        PullReporter reporter = call.reporter();
        PullContext pull = new PullContext(
                image,
                new ImageEndpoints(endpoints),
                new Failover(
                        resources.hostStates(),
                        resources.sleeper(),
                        reporter::fellBack,
                        call.cancellation(),
                        resources.hedge()),
                call.cancellation(),
                reporter);
        return new CallContext(image, hosts, pull, call.events(), reporter, call.outcome());
    }

    /** Resolves the reference without fetching content. */
    Resolution resolve() {
        try {
            reporter.findings(hosts.findings());
            ResolvedImage resolved = resolver().resolve();
            Descriptor root = resolved.root();
            return new Resolution(
                    image.toString(),
                    new Descriptor(outcome.masked(root.mediaType()), root.digest(), root.size()),
                    resolved.host());
        } catch (PullException e) {
            throw outcome.masked(e);
        } finally {
            reportNotices();
        }
    }

    /**
     * The tags of the repository of the reference.
     *
     * @param limit how many are wanted at most
     */
    List<String> tags(int limit) {
        try {
            reporter.findings(hosts.findings());
            TagList list = pull.failover()
                    .first(
                            Phase.TAGS,
                            pull.endpoints().forTags(),
                            new RetryBudget(),
                            (endpoint, within) -> TagList.get(endpoint, image, limit, within))
                    .value();
            List<String> tags = list.tags().stream()
                    .filter(tag -> outcome.mask().mask(tag).equals(tag)) // a host may name a tag like a secret
                    .toList();
            int leftOut = list.leftOut() + list.tags().size() - tags.size();
            if (leftOut > 0) {
                reporter.warn(leftOut + " entries in the list of the tags of " + image.name()
                        + " are no tags, and are left out");
            }
            return tags;
        } catch (HostsExhausted e) {
            throw outcome.masked(e.toPullException("the list of the tags of " + image.name()));
        } finally {
            reportNotices();
        }
    }

    /** Resolves the reference with requests to its hosts. */
    Resolver resolver() {
        return new Resolver(pull, reporter::headers);
    }

    /** The result of the call with its warnings. */
    PulledContent warned(PulledContent pulled, PlatformMatcher wanted) {
        warnOfOtherPlatform(pulled, wanted);
        return pulled.withWarnings(outcome.maskedTexts(reporter.warnings()));
    }

    /** A root that is a manifest is pulled for any platform, as containerd does. */
    private void warnOfOtherPlatform(PulledContent pulled, PlatformMatcher wanted) {
        if (!pulled.root().mediaType().isManifest() || pulled.platforms().isEmpty()) {
            return;
        }
        Platform platform = pulled.platforms().get(0).platform();
        if (platform != null
                && !platform.os().isEmpty()
                && !platform.architecture().isEmpty()
                && !wanted.matches(platform)) {
            reporter.warn(image + " is for " + platform + " only, not for " + wanted);
        }
    }

    /** Reports what the hosts have shown of themselves, such as plain HTTP instead of TLS; each once. */
    void reportNotices() {
        pull.endpoints().takeNotices().forEach(reporter::warn);
    }
}
