// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.LocalStore;
import dev.jpull.LocalStore.Damage;
import dev.jpull.LocalStore.DamageKind;
import dev.jpull.PrintableText;
import dev.jpull.error.FailureKind;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;
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

/** {@code jpull store verify}: verifies every blob of the store. */
@Command(
        name = "verify",
        sortOptions = false,
        description =
                "Hashes every blob of the store again, and finds missing blobs. Exits with 7 when a damaged, missing or"
                        + " unreadable blob remains.")
public final class StoreVerifyCommand implements Callable<Integer> {
    /** A repaired manifest may reference further damaged blobs. */
    private static final int MAX_ROUNDS = 5;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(
            names = "--repair",
            description =
                    "Fetch damaged and missing blobs again; a damaged blob stays until its replacement is complete, and is"
                            + " deleted when no image references it.")
    private boolean repair;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        PrintWriter out = output.out();
        List<String> ineffective = repair ? List.of() : RegistryOptions.givenTo(spec.commandLine());
        if (!ineffective.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.join(", ", ineffective) + " has no effect without --repair, which alone sends requests");
        }
        LocalStore local = store.open();
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
            left = local.verify(false); // without the blobs that were deleted
        }
        List<Damage> remaining = left;
        output.print(
                () -> StoreJson.damages(damaged, repair, remaining),
                text -> text.println(remaining.isEmpty() ? "all blobs are intact" : summary(remaining)));
        return left.isEmpty() ? 0 : ExitCode.of(FailureKind.INTEGRITY);
    }

    private static String line(Damage damage) {
        List<String> images =
                damage.images().stream().map(StoreVerifyCommand::shown).toList();
        return damage.kind().name().toLowerCase(Locale.ROOT) + ": " + damage.path() + ": "
                + PrintableText.line(damage.reason())
                + (images.isEmpty() ? "; no image references it" : "; referenced by " + String.join(", ", images));
    }

    private static String shown(String image) {
        return image.isEmpty() ? "an image without a name" : PrintableText.line(image);
    }

    private static String summary(List<Damage> left) {
        List<String> parts = new ArrayList<>();
        count(left, DamageKind.DAMAGED, "damaged blobs: ", parts);
        count(left, DamageKind.MISSING, "missing blobs: ", parts);
        count(left, DamageKind.UNREADABLE, "unreadable blobs: ", parts);
        count(left, DamageKind.IMAGE, "intact blobs with a size that an image contradicts: ", parts);
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

    /** Fetches repairable blobs, each by the images that reference it in turn; returns whether a blob was repaired. */
    private boolean repair(List<Damage> damaged) {
        Set<Damage> open = new LinkedHashSet<>(
                damaged.stream().filter(Damage::isRepairable).toList());
        Map<String, ImageReference> images = new LinkedHashMap<>();
        open.forEach(damage -> damage.images().forEach(name -> reference(name).ifPresent(at -> images.put(name, at))));
        int before = open.size();
        ImagePullerBuilder builder = registry.builder(List.copyOf(images.keySet()), output.isVerbose(), output.err())
                .store(store.directory());
        try (ImagePuller puller = builder.build();
                Interruption.Closing closing = Interruption.of(spec).closing(puller, Interruption.KEPT)) {
            images.keySet().forEach(name -> fetch(puller, name, open));
        }
        return open.size() < before;
    }

    /** Names that other programs wrote are often not references. */
    private static Optional<ImageReference> reference(String name) {
        try {
            return Optional.of(ImageReference.parse(name));
        } catch (ReferenceException e) {
            return Optional.empty();
        }
    }

    /** Fetches all at once, and one by one when that fails, so that a blob that no host has does not prevent the repair of others. */
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
            puller.repair(image, wanted);
            wanted.forEach(open::remove);
            return true;
        } catch (PullCancelledException e) {
            throw e;
        } catch (PullException e) {
            if (wanted.size() == 1) {
                output.err()
                        .println("jpull: cannot repair "
                                + wanted.get(0).descriptor().digest() + ": " + e.getMessage());
            }
            return false;
        }
    }
}
