// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.testdata.hostile.HostileArchive;
import dev.jpull.testdata.hostile.HostileArchives;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Unpacks every hostile archive below a directory that was prepared, in a process of its own user where need be, and writes what
 * became of each.
 */
final class HostileUnpacking {
    /** The directory that is attacked, in the one that is prepared. */
    static final String OUTSIDE = "outside";
    /** The tree, in the directory of each archive. */
    static final String TREE = "rootfs";
    /** The file with the results. */
    static final String RESULTS = "results";

    private HostileUnpacking() {}

    /** Unpacks the archives; the argument is the directory. */
    public static void main(String[] args) throws IOException {
        Path base = Path.of(args[0]);
        List<String> results = new ArrayList<>();
        for (HostileArchive archive : HostileArchives.all(base.resolve(OUTSIDE).toString())) {
            results.add(archive.id() + "\t" + unpack(archive, base.resolve(archive.id())));
        }
        Files.write(base.resolve(RESULTS), results, StandardCharsets.UTF_8);
    }

    /** Empty when it was unpacked, else the type of the failure and its message. */
    private static String unpack(HostileArchive archive, Path directory) {
        try {
            LayerStack.unpack(archive.layers(), directory, TREE);
            return "";
        } catch (IOException e) {
            return e.getClass().getSimpleName() + "\t" + e.getMessage();
        } catch (RuntimeException | Error e) {
            return "defect\t" + e;
        }
    }
}
