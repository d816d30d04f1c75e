// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ResolvedReference;
import dev.jpull.cli.progress.Warnings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code jpull resolve IMAGE}: the descriptor of a reference. */
@Command(
        name = "resolve",
        sortOptions = false,
        description = "Prints digest, media type, size and responding host of an image; pulls nothing.")
public final class ResolveCommand implements Callable<Integer> {
    @Mixin
    private SingleImageOptions options = new SingleImageOptions();

    @Override
    public Integer call() {
        options.ask(
                new Warnings(options.err()),
                puller -> puller.resolve(options.image()),
                ResultJson::resolved,
                ResolveCommand::print);
        return 0;
    }

    private static void print(ResolvedReference resolved, PrintWriter out) {
        out.println(resolved.digest() + " " + resolved.mediaType() + " " + resolved.size() + " " + resolved.host());
    }
}
