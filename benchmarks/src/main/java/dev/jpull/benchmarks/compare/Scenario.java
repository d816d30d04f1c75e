// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.util.List;

/**
 * What is pulled, and over which way.
 *
 * @param image the image
 * @param way how the server is reached
 * @param warm whether it is there already
 */
record Scenario(Image image, Way way, boolean warm) {
    /** A pull into an empty store. */
    Scenario(Image image, Way way) {
        this(image, way, false);
    }

    /** The scenarios of the table. */
    static List<Scenario> all() {
        return List.of(
                new Scenario(Image.TINY, Way.LOOPBACK),
                new Scenario(Image.TINY, Way.LOOPBACK, true),
                new Scenario(Image.TINY, Way.TLS),
                new Scenario(Image.TINY, Way.FAR),
                new Scenario(Image.MANY, Way.LOOPBACK),
                new Scenario(Image.MANY, Way.TLS),
                new Scenario(Image.MANY, Way.NEAR),
                new Scenario(Image.MANY, Way.FAR),
                new Scenario(Image.MANY, Way.LOSSY),
                new Scenario(Image.MANY, Way.THROTTLED_4),
                new Scenario(Image.MANY, Way.THROTTLED_8),
                new Scenario(Image.TYPICAL, Way.LOOPBACK),
                new Scenario(Image.TYPICAL, Way.TLS),
                new Scenario(Image.TYPICAL, Way.NEAR),
                new Scenario(Image.TYPICAL, Way.FAR),
                new Scenario(Image.TYPICAL, Way.LIMITED),
                new Scenario(Image.TYPICAL, Way.LOSSY),
                new Scenario(Image.BIG, Way.LOOPBACK),
                new Scenario(Image.BIG, Way.LIMITED),
                new Scenario(Image.BIG, Way.REGISTRY));
    }

    /** Whether all commands are run: not where most of them take long, and crane is the fastest. */
    boolean hasAllCommands() {
        return switch (way) {
            case LOOPBACK, TLS -> true;
            case FAR -> image != Image.MANY;
            default -> false;
        };
    }

    /** Whether one connection needs so long that commands other than jpull are run once. */
    boolean isSlow() {
        return way == Way.LIMITED || way == Way.LOSSY && image != Image.MANY;
    }

    /** Whether a round that does not count comes before the others: where caches decide more than the way. */
    boolean fillsCaches() {
        return warm || way == Way.LOOPBACK || way == Way.TLS;
    }

    /** The name, of which the words of the arguments are parts. */
    @Override
    public String toString() {
        return image + ", " + way + (warm ? ", already there" : "");
    }
}
