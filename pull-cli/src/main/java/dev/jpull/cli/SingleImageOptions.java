// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.event.PullListener;
import java.io.PrintWriter;
import java.util.List;
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

    OutputOptions output() {
        return output;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    Interruption.Closing closing(ImagePuller puller) {
        return Interruption.of(spec).closing(puller, "");
    }

    /** A puller that follows the options. */
    ImagePuller open(PullListener listener) {
        if (spec.root().userObject() instanceof PullCommand root) {
            root.warmUp().await();
        }
        ImagePullerBuilder builder = registry.builder(List.of(image), output.isVerbose(), err());
        return builder.listener(listener).build();
    }
}
