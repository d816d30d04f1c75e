// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ResolvedReference;
import dev.jpull.cli.progress.Warnings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code jpull resolve IMAGE}: what a reference stands for. */
@Command(
        name = "resolve",
        sortOptions = false,
        description = "Prints digest, media type, size and answering host of an image, without pulling it.")
public final class ResolveCommand implements Callable<Integer>, HasOutput {
    @Mixin
    private SingleImageOptions question = new SingleImageOptions();

    @Override
    public OutputOptions output() {
        return question.output();
    }

    @Override
    public Integer call() {
        PrintWriter out = question.out();
        try (ImagePuller puller = question.open(new Warnings(question.err()));
                Interruption.Closing closing = question.closing(puller)) {
            ResolvedReference resolved = puller.resolve(question.image());
            if (question.output().isJson()) {
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
