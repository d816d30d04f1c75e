// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.event.PullListener;
import java.io.PrintWriter;
import java.util.function.BiConsumer;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of a command about one image. */
public final class SingleImageOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "IMAGE", description = "The image, such as busybox or registry.example:5000/app:1.")
    private String image = "";

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    String image() {
        return image;
    }

    PrintWriter err() {
        return output.err();
    }

    /**
     * Asks a puller that follows the options about the image, and prints the result.
     *
     * @param question the call of the puller
     * @param json the result as JSON
     * @param text prints the result as text
     */
    <T> T ask(
            PullListener listener,
            Function<ImagePuller, T> question,
            Function<T, String> json,
            BiConsumer<T, PrintWriter> text) {
        return new PullerQuestion(spec, registry, output, image).ask(listener, question, json, text);
    }
}
