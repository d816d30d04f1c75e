// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.Cancellation;
import dev.jpull.image.ImageReference;

/**
 * What all parts of one pull share. Safe for use by several threads.
 *
 * @param image the image that is pulled
 * @param endpoints the endpoints of its namespace
 * @param failover chooses the endpoint of each request
 * @param cancellation ends the requests of the pull, and counts them
 * @param events takes the events of the pull
 */
public record PullContext(
        ImageReference image,
        ImageEndpoints endpoints,
        Failover failover,
        Cancellation cancellation,
        EventSink events) {
    /** The same pull, for a part of it that can be cancelled by itself. */
    public PullContext within(Cancellation part) {
        return new PullContext(image, endpoints, failover.within(part), part, events);
    }
}
