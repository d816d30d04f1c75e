// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.ResolvedReference;
import dev.jpull.cli.progress.Warnings;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jpull resolve IMAGE}: what a reference stands for. */
@Command(
        name = "resolve",
        sortOptions = false,
        description = "Prints digest, media type, size and answering host of an image, without pulling it.")
public final class ResolveCommand implements Callable<Integer>, HasOutput {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "IMAGE", description = "The image.")
    private String image = "";

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public OutputOptions output() {
        return output;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ImagePullerBuilder builder =
                registry.builder(List.of(image), output.isVerbose(), err).listener(new Warnings(err));
        try (ImagePuller puller = builder.build()) {
            ResolvedReference resolved = puller.resolve(image);
            if (output.isJson()) {
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
