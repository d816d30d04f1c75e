// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Layers that mean harm.
 *
 * @param id a short name
 * @param source the vulnerability, or the tests of another project, from which the case or its class was learned
 * @param attack what it tries
 * @param outcome what must become of it
 * @param layers its layers, the lowest first, compressed or not
 */
public record HostileArchive(String id, String source, String attack, Outcome outcome, List<Layer> layers) {
    /** What must become of it. */
    public sealed interface Outcome permits Refused, Contained {}

    /**
     * It is refused, and nothing outside is touched.
     *
     * @param mention what the message must contain, such as the name of the entry
     */
    public record Refused(String mention) implements Outcome {}

    /**
     * It is extracted, and nothing outside is touched.
     *
     * @param tree what must come out
     */
    public record Contained(Tree tree) implements Outcome {}

    /** A layer, which can be opened several times. */
    @FunctionalInterface
    public interface Layer {
        /** Its bytes as a registry has them. */
        InputStream open() throws IOException;
    }

    /** Writes the entries of a layer. */
    @FunctionalInterface
    interface Entries {
        void write(RawTar tar);
    }

    static HostileArchive refused(String id, String source, String attack, String mention, Entries... layers) {
        return new HostileArchive(id, source, attack, new Refused(mention), archives(layers));
    }

    static HostileArchive contained(String id, String source, String attack, Tree tree, Entries... layers) {
        return new HostileArchive(id, source, attack, new Contained(tree), archives(layers));
    }

    /** A single layer that is refused, not ended by blocks of zeros. */
    static HostileArchive refusedBytes(String id, String source, String attack, String mention, byte[] layer) {
        return new HostileArchive(id, source, attack, new Refused(mention), List.of(bytes(layer)));
    }

    /** A single layer that is contained, not ended by blocks of zeros. */
    static HostileArchive containedBytes(String id, String source, String attack, Tree tree, byte[] layer) {
        return new HostileArchive(id, source, attack, new Contained(tree), List.of(bytes(layer)));
    }

    /** Layers that are written when they are opened, as some are large. */
    private static List<Layer> archives(Entries... layers) {
        return Arrays.stream(layers)
                .<Layer>map(entries -> () -> {
                    RawTar tar = new RawTar();
                    entries.write(tar);
                    return new ByteArrayInputStream(tar.end().bytes());
                })
                .toList();
    }

    private static Layer bytes(byte[] layer) {
        return () -> new ByteArrayInputStream(layer);
    }

    /** The name of the case. */
    @Override
    public String toString() {
        return id;
    }
}
