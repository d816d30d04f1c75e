// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.LocalStore;
import dev.jpull.LocalStore.Damage;
import dev.jpull.error.FailureKind;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code jpull store verify}: whether all blobs are still what they should be. */
@Command(
        name = "verify",
        sortOptions = false,
        description = "Hashes every blob of the store again. Exits with 7 when one is damaged, and is not repaired.")
public final class StoreVerifyCommand implements Callable<Integer>, HasOutput {
    /** A repaired manifest may lead to more that is damaged. */
    private static final int MAX_ROUNDS = 5;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(
            names = "--repair",
            description = "Fetch again what is damaged, and nothing else; what no image needs is taken away.")
    private boolean repair;

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
        List<String> useless = repair ? List.of() : RegistryOptions.givenTo(spec.commandLine());
        if (!useless.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.join(", ", useless) + " would have no effect: hosts are asked only with --repair");
        }
        LocalStore local = store.open();
        List<Damage> damaged = local.verify(repair);
        if (output.isJson()) {
            out.println(StoreJson.damages(damaged, repair));
        } else {
            damaged.forEach(damage -> out.println("damaged: " + damage.path() + ": " + damage.reason()
                    + (damage.images().isEmpty()
                            ? "; no image needs it"
                            : "; needed by " + String.join(", ", damage.images()))));
        }
        for (int i = 0; repair && !damaged.isEmpty() && i < MAX_ROUNDS; i++) {
            repair(damaged);
            damaged = local.verify(true);
        }
        if (!output.isJson()) {
            out.println(damaged.isEmpty() ? "all blobs are right" : "damaged blobs: " + damaged.size());
        }
        out.flush();
        return damaged.isEmpty() ? 0 : ExitCode.of(FailureKind.INTEGRITY);
    }

    private void repair(List<Damage> damaged) {
        List<Damage> needed =
                damaged.stream().filter(damage -> !damage.images().isEmpty()).toList();
        List<String> images =
                needed.stream().map(damage -> damage.images().get(0)).distinct().toList();
        ImagePullerBuilder builder = registry.builder(
                        images, output.isVerbose(), spec.commandLine().getErr())
                .store(store.directory());
        try (ImagePuller puller = builder.build()) {
            for (String image : images) {
                puller.fetch(
                        image,
                        needed.stream()
                                .filter(damage -> damage.images().get(0).equals(image))
                                .map(Damage::descriptor)
                                .toList());
            }
        }
    }
}
