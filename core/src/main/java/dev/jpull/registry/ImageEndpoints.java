// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.image.ImageReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * The endpoints of one pull. Capabilities bind at every choice, for layers too; a host that sent wrong bytes is set aside
 * for the rest of the pull. Safe for use by several threads.
 */
public final class ImageEndpoints {
    private final List<RegistryEndpoint> all;
    private final Set<RegistryEndpoint> setAside = ConcurrentHashMap.newKeySet();

    /** The endpoints, in the order in which they are to be asked. */
    public ImageEndpoints(List<RegistryEndpoint> all) {
        this.all = List.copyOf(all);
    }

    /** The endpoints that may be asked for content by digest. */
    public List<RegistryEndpoint> forContent() {
        return inOrder(EndpointOrder.CONTENT, UnaryOperator.identity());
    }

    /**
     * The endpoints that may be asked for content by digest, in another order, or fewer.
     *
     * @param order is given them in the order of the configuration
     */
    public List<RegistryEndpoint> forContent(UnaryOperator<List<RegistryEndpoint>> order) {
        return inOrder(EndpointOrder.CONTENT, order);
    }

    /** The endpoints that may be asked for the root of an image. */
    public List<RegistryEndpoint> forRoot(ImageReference image) {
        return inOrder(EndpointOrder.forReference(image), UnaryOperator.identity());
    }

    /** The endpoints that may be asked for the digest of a tag. */
    public List<RegistryEndpoint> forTags() {
        return inOrder(EndpointOrder.TAGS, UnaryOperator.identity());
    }

    /** The endpoints that may be asked for the referrers of a manifest. */
    public List<RegistryEndpoint> forReferrers() {
        return inOrder(EndpointOrder.REFERRERS, UnaryOperator.identity());
    }

    /** The host sent wrong bytes. */
    public void setAside(RegistryEndpoint endpoint) {
        setAside.add(endpoint);
    }

    /** The notices about the hosts, once for each. */
    public List<String> takeNotices() {
        return all.stream().flatMap(endpoint -> endpoint.takeNotice().stream()).toList();
    }

    /** All but the last get short time limits, because another endpoint can serve the request. */
    private List<RegistryEndpoint> inOrder(EndpointOrder kind, UnaryOperator<List<RegistryEndpoint>> order) {
        List<RegistryEndpoint> capable = order.apply(kind.of(all, RegistryEndpoint::host).stream()
                .filter(endpoint -> !setAside.contains(endpoint))
                .toList());
        List<RegistryEndpoint> inOrder = new ArrayList<>();
        for (int i = 0; i < capable.size(); i++) {
            boolean last = i == capable.size() - 1;
            inOrder.add(last ? capable.get(i) : capable.get(i).failoverPossible());
        }
        return inOrder;
    }
}
