// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.image.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code jpull snapshots rm CHAINID...}: removes snapshots. */
@Command(
        name = "rm",
        sortOptions = false,
        description = "Removes snapshots, also those of images in the store; they must not be mounted.")
public final class SnapshotsRemoveCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CHAINID", arity = "1..*", description = "The chain IDs, as they are listed.")
    private List<String> chainIds = new ArrayList<>();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        List<Digest> digests = chainIds.stream().map(Digest::parse).toList();
        StorePruneCommand.print(store.open().removeSnapshots(digests), false, output);
        return 0;
    }
}
