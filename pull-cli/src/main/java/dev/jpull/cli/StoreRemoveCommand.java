// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.LocalStore;
import dev.jpull.image.ImageReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code jpull store rm IMAGE...}: deletes images. */
@Command(
        name = "rm",
        sortOptions = false,
        description = "Deletes images by name, and the blobs and snapshots that no other image references.")
public final class StoreRemoveCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "IMAGE",
            arity = "1..*",
            description = "The images, by the name that was pulled or is listed.")
    private List<String> images = new ArrayList<>();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        LocalStore local = store.open();
        Set<String> listed = new HashSet<>();
        local.images().forEach(image -> listed.add(image.name()));
        local.unknownEntries().forEach(entry -> listed.add(entry.name()));
        // What other programs wrote may have names that are no references.
        List<String> names = images.stream()
                .map(image -> listed.contains(image) && !image.isEmpty()
                        ? image
                        : ImageReference.parse(image).toString())
                .toList();
        StorePruneCommand.print(local.remove(names), false, output);
        return 0;
    }
}
