// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.cli.progress.Warnings;
import dev.jpull.image.ImageReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jpull tags REPOSITORY}: the tags of a repository. */
@Command(name = "tags", sortOptions = false, description = "Prints the tags of a repository, one a line.")
public final class TagsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "REPOSITORY",
            description = "An image without tag, such as busybox or registry.example:5000/app.")
    private String repository = "";

    @Option(names = "--limit", paramLabel = "N", description = "Print the first N tags of the registry alone.")
    private @Nullable Integer limit;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        if (limit != null && limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit must be 1 or more");
        }
        ImageReference.parseRepository(repository); // without tag and digest
        int wanted = limit == null ? Integer.MAX_VALUE : limit;
        Map.Entry<String, List<String>> unused = new PullerQuestion(spec, registry, output, repository)
                .ask(
                        new Warnings(output.err()),
                        puller -> Map.entry(puller.fullName(repository), puller.tags(repository, wanted)),
                        found -> ReferrerJson.tags(
                                ImageReference.parse(found.getKey()).name(), found.getValue()),
                        (found, out) -> found.getValue().forEach(out::println));
        return 0;
    }
}
