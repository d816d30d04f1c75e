// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.LocalStore.StoredImage;
import dev.jpull.cli.progress.ByteCount;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jpull store ls}: the images of the store. */
@Command(
        name = "ls",
        sortOptions = false,
        description = "Lists the images of the store, with the bytes that each needs.")
public final class StoreListCommand implements Callable<Integer>, HasOutput {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public OutputOptions output() {
        return output;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<StoredImage> images = store.open().images();
        if (output.isJson()) {
            out.println(StoreJson.images(images));
        } else {
            for (StoredImage image : images) {
                out.println(String.format(
                        Locale.ROOT,
                        "%-9s  %s@%s",
                        ByteCount.of(image.bytes()),
                        image.name().isEmpty() ? "<no name>" : image.name(),
                        image.root().digest()));
            }
        }
        out.flush();
        return 0;
    }
}
