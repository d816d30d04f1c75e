// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.LocalStore.Removal;
import dev.jpull.PrintableText;
import dev.jpull.cli.progress.ByteCount;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jpull store prune}: deletes blobs that no image references. */
@Command(
        name = "prune",
        sortOptions = false,
        description =
                "Deletes blobs and snapshots that no image references. Safe while other processes pull into the store.")
public final class StorePruneCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(
            names = "--keep-bytes",
            paramLabel = "SIZE",
            description =
                    "Also delete images, the least recently pulled first, until the rest has at most this size: 500M,"
                            + " 20G.")
    private @Nullable String keepBytes;

    @Option(
            names = "--unused",
            paramLabel = "AGE",
            defaultValue = "1h",
            description = "Delete only what was not referenced for this long: 10m, 24h, 7d (default: 1h).")
    private String unused = "1h";

    @Option(names = "--dry-run", description = "Print what would be deleted; delete nothing.")
    private boolean dryRun;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        long keep = keepBytes == null ? Long.MAX_VALUE : ByteSize.parse("--keep-bytes", keepBytes);
        Removal removal = store.open().prune(Age.parse("--unused", unused), keep, dryRun);
        print(removal, dryRun, output);
        return 0;
    }

    /** Prints what was removed, or would be. */
    static void print(Removal removal, boolean dryRun, OutputOptions output) {
        output.print(() -> StoreJson.removal(removal, dryRun), out -> {
            String would = dryRun ? "would be " : "";
            removal.images().forEach(image -> out.println(would + "removed: " + PrintableText.line(image)));
            if (removal.leftovers() > 0) {
                out.println(would + "removed: unfinished snapshots of ended processes: " + removal.leftovers());
            }
            int count = removal.snapshots().size();
            String snapshots = count == 0 ? "" : count + (count == 1 ? " snapshot, " : " snapshots, ");
            int blobs = removal.blobs().size();
            out.println(blobs
                    + (blobs == 1 ? " blob, " : " blobs, ")
                    + snapshots
                    + ByteCount.of(removal.bytes())
                    + (dryRun ? " would be freed" : " freed"));
        });
    }
}
