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

/** {@code jpull store ls}: the images of the store. */
@Command(
        name = "ls",
        sortOptions = false,
        description =
                "Lists the images in the store, each with the bytes that it references, and with those of its referrers:"
                        + " signatures, SBOMs, attestations.")
public final class StoreListCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        LocalStore local = store.open();
        List<StoredImage> images = local.images();
        List<UnknownEntry> unknown = local.unknownEntries();
        output.print(() -> StoreJson.images(images, unknown), out -> print(images, unknown, out));
        return 0;
    }

    private static void print(List<StoredImage> images, List<UnknownEntry> unknown, PrintWriter out) {
        boolean refer = images.stream().anyMatch(image -> image.referrers() > 0);
        for (StoredImage image : images) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-9s  %s%s@%s",
                    ByteCount.of(image.bytes()),
                    refer ? String.format(Locale.ROOT, "%-25s  ", referrers(image)) : "",
                    shown(image.name(), "<no name>"),
                    image.root().digest()));
        }
        for (UnknownEntry entry : unknown) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-9s  %s%s@%s (kept as it is: %s)",
                    "?",
                    refer ? " ".repeat(27) : "",
                    shown(entry.name(), "<no name>"),
                    shown(entry.digest(), "<no digest>"),
                    entry.reason()));
        }
    }

    private static String referrers(StoredImage image) {
        int count = image.referrers();
        return count == 0
                ? ""
                : "+ " + ByteCount.of(image.referrerBytes()) + " (" + count
                        + (count == 1 ? " referrer)" : " referrers)");
    }

    private static String shown(String foreign, String absent) {
        return foreign.isEmpty() ? absent : PrintableText.line(foreign);
    }
}
