// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.LocalStore;
import dev.jpull.LocalStore.StoredImage;
import dev.jpull.LocalStore.UnknownEntry;
import dev.jpull.PrintableText;
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
        description = "Lists the images in the store, each with the bytes that it references.")
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
        LocalStore local = store.open(spec.commandLine().getErr());
        List<StoredImage> images = local.images();
        List<UnknownEntry> unknown = local.unknownEntries();
        if (output.isJson()) {
            out.println(StoreJson.images(images, unknown));
        } else {
            for (StoredImage image : images) {
                out.println(String.format(
                        Locale.ROOT,
                        "%-9s  %s@%s",
                        ByteCount.of(image.bytes()),
                        shown(image.name(), "<no name>"),
                        image.root().digest()));
            }
            for (UnknownEntry entry : unknown) {
                out.println(String.format(
                        Locale.ROOT,
                        "%-9s  %s@%s (kept as it is: %s)",
                        "?",
                        shown(entry.name(), "<no name>"),
                        shown(entry.digest(), "<no digest>"),
                        entry.reason()));
            }
        }
        out.flush();
        return 0;
    }

    private static String shown(String foreign, String absent) {
        return foreign.isEmpty() ? absent : PrintableText.line(foreign);
    }
}
