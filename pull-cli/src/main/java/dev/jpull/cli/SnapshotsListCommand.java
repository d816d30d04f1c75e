// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.LocalStore.StoredSnapshot;
import dev.jpull.PrintableText;
import dev.jpull.cli.progress.ByteCount;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code jpull snapshots ls}: lists the snapshots. */
@Command(name = "ls", sortOptions = false, description = "Lists the snapshots of this user, lower layers first.")
public final class SnapshotsListCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        List<StoredSnapshot> snapshots = store.open().snapshots();
        output.print(() -> StoreJson.snapshots(snapshots), out -> print(snapshots, out));
        return 0;
    }

    private static void print(List<StoredSnapshot> snapshots, PrintWriter out) {
        for (StoredSnapshot snapshot : snapshots) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-9s  %-9s  %s  %s",
                    ByteCount.of(snapshot.bytes()),
                    snapshot.snapshotter().label(),
                    snapshot.chainId(),
                    snapshot.images().isEmpty()
                            ? "<no image>"
                            : PrintableText.line(String.join(" ", snapshot.images()))));
        }
    }
}
