// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.LocalStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option that selects the store. */
final class StoreOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--store",
            paramLabel = "DIR",
            description = "The store (default: $JPULL_STORE, else jpull in the user's data directory).")
    private @Nullable Path store;

    Path directory() {
        return store == null ? LocalStore.standardDirectory() : store;
    }

    /** Opens the store; prints a line on standard error when it waits for another process. */
    LocalStore open() {
        return LocalStore.open(directory(), this::print);
    }

    /** The same, but makes the store when it is not there. */
    LocalStore openOrCreate() {
        return LocalStore.openOrCreate(directory(), this::print);
    }

    private void print(String notice) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("jpull: " + notice);
        err.flush();
    }
}
