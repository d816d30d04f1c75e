// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
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
public final class ResolveCommand implements Callable<Integer>, HasOutput {
    @Mixin
    private SingleImageOptions options = new SingleImageOptions();

    @Override
    public OutputOptions output() {
        return options.output();
    }

    @Override
    public Integer call() {
        PrintWriter out = options.out();
        try (ImagePuller puller = options.open(new Warnings(options.err()));
                Interruption.Closing closing = options.closing(puller)) {
            ResolvedReference resolved = puller.resolve(options.image());
            if (options.output().isJson()) {
                out.println(ResultJson.resolved(resolved));
            } else {
                out.println(
                        resolved.digest() + " " + resolved.mediaType() + " " + resolved.size() + " " + resolved.host());
            }
            out.flush();
            return 0;
        }
    }
}
