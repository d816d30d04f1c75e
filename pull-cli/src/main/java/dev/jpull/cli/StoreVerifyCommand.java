// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.LocalStore;
import dev.jpull.LocalStore.Damage;
import dev.jpull.LocalStore.DamageKind;
import dev.jpull.error.FailureKind;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;
import dev.jpull.text.ForeignText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
        description =
                "Hashes every blob of the store again, and looks for blobs that images lack. Exits with 7 when one is damaged,"
                        + " missing or cannot be read, and is not repaired.")
public final class StoreVerifyCommand implements Callable<Integer>, HasOutput {
    /** A repaired manifest may lead to more that is damaged. */
    private static final int MAX_ROUNDS = 5;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(
            names = "--repair",
            description =
                    "Fetch again what is damaged or missing, and nothing else; a damaged blob stays until the new one is there,"
                            + " and is taken away when no image needs it.")
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
        LocalStore local = store.open(spec.commandLine().getErr());
        List<Damage> damaged = local.verify(repair);
        if (!output.isJson()) {
            damaged.forEach(damage -> out.println(line(damage)));
            out.flush();
        }
        List<Damage> left = damaged;
        for (int i = 0; repair && left.stream().anyMatch(Damage::isRepairable) && i < MAX_ROUNDS; i++) {
            boolean progress = repair(left);
            left = local.verify(true);
            if (!progress) {
                break;
            }
        }
        if (repair && left.equals(damaged)) {
            left = local.verify(false); // without what was taken away
        }
        if (output.isJson()) {
            out.println(StoreJson.damages(damaged, repair, left));
        } else {
            out.println(left.isEmpty() ? "all blobs are right" : summary(left));
        }
        out.flush();
        return left.isEmpty() ? 0 : ExitCode.of(FailureKind.INTEGRITY);
    }

    private static String line(Damage damage) {
        List<String> images =
                damage.images().stream().map(StoreVerifyCommand::shown).toList();
        return damage.kind().name().toLowerCase(Locale.ROOT) + ": " + damage.path() + ": "
                + ForeignText.line(damage.reason())
                + (images.isEmpty() ? "; no image needs it" : "; needed by " + String.join(", ", images));
    }

    private static String shown(String image) {
        return image.isEmpty() ? "an image without a name" : ForeignText.line(image);
    }

    private static String summary(List<Damage> left) {
        List<String> parts = new ArrayList<>();
        count(left, DamageKind.DAMAGED, "damaged blobs: ", parts);
        count(left, DamageKind.MISSING, "missing blobs: ", parts);
        count(left, DamageKind.UNREADABLE, "blobs that cannot be read: ", parts);
        count(left, DamageKind.IMAGE, "blobs that are right, but have another size than an image says: ", parts);
        return String.join(", ", parts);
    }

    private static void count(List<Damage> left, DamageKind kind, String text, List<String> parts) {
        long count = left.stream()
                .filter(damage -> damage.kind() == kind)
                .map(damage -> damage.descriptor().digest())
                .distinct()
                .count();
        if (count > 0) {
            parts.add(text + count);
        }
    }

    /** Fetches what can be repaired, for each blob from the images that need it in turn; returns whether something came. */
    private boolean repair(List<Damage> damaged) {
        Set<Damage> open = new LinkedHashSet<>(
                damaged.stream().filter(Damage::isRepairable).toList());
        Map<String, ImageReference> images = new LinkedHashMap<>();
        open.forEach(damage -> damage.images().forEach(name -> reference(name).ifPresent(at -> images.put(name, at))));
        int before = open.size();
        ImagePullerBuilder builder = registry.builder(
                        List.copyOf(images.keySet()),
                        output.isVerbose(),
                        spec.commandLine().getErr())
                .store(store.directory());
        try (ImagePuller puller = builder.build();
                Interruption.Closing closing = Interruption.of(spec).closing(puller, Interruption.KEPT)) {
            images.keySet().forEach(name -> fetch(puller, name, open));
        }
        return open.size() < before;
    }

    /** The names of other programs are no references as a rule. */
    private static Optional<ImageReference> reference(String name) {
        try {
            return Optional.of(ImageReference.parse(name));
        } catch (ReferenceException e) {
            return Optional.empty();
        }
    }

    /** Together, and when that fails one by one: one that no host has must not keep the others from being repaired. */
    private void fetch(ImagePuller puller, String image, Set<Damage> open) {
        List<Damage> wanted =
                open.stream().filter(damage -> damage.images().contains(image)).toList();
        if (wanted.isEmpty() || fetch(puller, image, wanted, open) || wanted.size() == 1) {
            return;
        }
        wanted.forEach(damage -> fetch(puller, image, List.of(damage), open));
    }

    private boolean fetch(ImagePuller puller, String image, List<Damage> wanted, Set<Damage> open) {
        try {
            puller.fetch(image, wanted.stream().map(Damage::descriptor).toList());
            wanted.forEach(open::remove);
            return true;
        } catch (PullCancelledException e) {
            throw e;
        } catch (PullException e) {
            if (wanted.size() == 1) {
                spec.commandLine()
                        .getErr()
                        .println("jpull: not repaired: "
                                + wanted.get(0).descriptor().digest() + ": " + e.getMessage());
            }
            return false;
        }
    }
}
