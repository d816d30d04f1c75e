// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PullRequest;
import dev.jpull.ReferrerTree;
import dev.jpull.cli.progress.Warnings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jpull referrers IMAGE}: what refers to an image. */
@Command(
        name = "referrers",
        sortOptions = false,
        description =
                "Lists what refers to an image and to the manifests of its index, such as signatures and SBOMs; pulls"
                        + " nothing.")
public final class ReferrersCommand implements Callable<Integer> {
    @Mixin
    private SingleImageOptions options = new SingleImageOptions();

    @Option(
            names = "--artifact-type",
            paramLabel = "TYPE,...",
            description = "Only artifacts of these types (default: all).")
    private @Nullable String types;

    @Option(
            names = "--platform",
            paramLabel = "PLATFORM",
            description = "Platform to ask about, such as linux/arm64; may be repeated (default: all of the index).")
    private List<String> platforms = new ArrayList<>();

    @Override
    public Integer call() {
        PullRequest.Builder request = PullRequest.builder(options.image())
                .referrers(
                        types == null
                                ? new String[0]
                                : ReferrersOption.parse("--artifact-type", types)
                                        .toArray(String[]::new));
        platforms.forEach(request::platform);
        ReferrerTree unused = options.ask(
                new Warnings(options.err()),
                puller -> puller.referrers(request.build()),
                ReferrerJson::tree,
                (tree, out) -> new ReferrerLines(out, types != null).print(tree));
        return 0;
    }
}
