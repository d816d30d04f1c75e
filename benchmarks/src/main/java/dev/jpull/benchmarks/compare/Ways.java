// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The servers of a comparison, each started when a scenario needs it. */
final class Ways {
    private final Workplace workplace;
    private final Path linkSource;
    private final Server near;
    private final Map<Way, Link> links = new EnumMap<>(Way.class);
    private final Map<Way, Target> started = new EnumMap<>(Way.class);

    /**
     * Starts the server on loopback.
     *
     * @param linkSource the C program that is the link
     */
    Ways(Workplace workplace, Path linkSource) throws IOException, InterruptedException {
        this.workplace = workplace;
        this.linkSource = linkSource;
        this.near = Server.start(workplace);
    }

    /** Why a way is not there; nothing when it is. */
    static Optional<String> missing(Way way) {
        if (way.isLink()) {
            return Link.missing();
        }
        return way == Way.REGISTRY && Registry.program().isEmpty()
                ? Optional.of("docker-registry is not installed")
                : Optional.empty();
    }

    /** Where an image is pulled from. */
    Target target(Way way, ServedImage image) throws IOException, InterruptedException {
        if (way != Way.REGISTRY && !way.isLink()) {
            return near.target(way);
        }
        Target target = started.get(way);
        if (target == null) {
            target = way == Way.REGISTRY ? Registry.start(workplace, image) : behindLink(way);
            started.put(way, target);
        }
        return target;
    }

    private Target behindLink(Way way) throws IOException, InterruptedException {
        Link link = Link.open(workplace, linkSource, way);
        links.put(way, link);
        return Server.behind(link, workplace, "server-" + way.name()).target(way);
    }

    /** Has a link lose the same packets of each command of a round. */
    void repeat(Way way, int round) throws IOException {
        Link link = links.get(way);
        if (link != null) {
            link.seed(round);
        }
    }
}
