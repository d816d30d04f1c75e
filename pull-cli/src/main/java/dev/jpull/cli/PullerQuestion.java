// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.event.PullListener;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Something that a command asks a puller.
 *
 * @param spec the command
 * @param registry how registries are asked
 * @param output how the result is printed
 * @param name the image or repository that it is about
 */
record PullerQuestion(CommandSpec spec, RegistryOptions registry, OutputOptions output, String name) {
    /**
     * Asks a puller that follows the options, and prints the result.
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
        try (ImagePuller puller = open(listener);
                Interruption.Closing closing = Interruption.of(spec).closing(puller, "")) {
            T result = question.apply(puller);
            output.print(() -> json.apply(result), out -> text.accept(result, out));
            return result;
        }
    }

    private ImagePuller open(PullListener listener) {
        if (spec.root().userObject() instanceof PullCommand root) {
            root.warmUp().await();
        }
        return registry.builder(List.of(name), output.isVerbose(), output.err())
                .listener(listener)
                .build();
    }
}
