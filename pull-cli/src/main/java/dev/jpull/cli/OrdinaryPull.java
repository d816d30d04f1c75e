// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the arguments of an ordinary pull: images, and the options that scripts use. Picocli needs as long for that as a small pull
 * takes. Arguments that this class does not read, or does not find right, are read by picocli, which has the messages. The
 * annotations of {@link PullCommand} define the options; a test compares both readings.
 */
final class OrdinaryPull {
    private static final Set<String> REPEATABLE = Set.of("--hosts-dir", "--platform", "--mirror-user");

    /** Others have no effect with --offline, which picocli's reading reports. */
    private static final Set<String> WITH_OFFLINE = Set.of(
            "--offline",
            "--store",
            "--platform",
            "--progress",
            "--quiet",
            "--format",
            "--verbose",
            "--print-chainid",
            "--lock",
            "--locked");

    private final PullCommand command;
    private final Set<String> given = new HashSet<>();

    private OrdinaryPull(PullCommand command) {
        this.command = command;
    }

    /** The command that these arguments stand for, with its options set; null when they are for picocli. */
    static @Nullable PullCommand read(WarmUp warmUp, Interruption interruption, String... args) {
        PullCommand command = new PullCommand(warmUp, interruption);
        return new OrdinaryPull(command).read(args) ? command : null;
    }

    private boolean read(String... args) {
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            if (arg.isBlank() || Subcommands.mayBeNamedBy(arg)) {
                return false;
            }
            if (!arg.startsWith("-")) {
                command.addImage(arg);
                continue;
            }
            int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
            String name = longName(equals < 0 ? arg : arg.substring(0, equals));
            if (!given.add(name) && !REPEATABLE.contains(name)) {
                return false;
            }
            if (equals < 0 && command.setFlag(name)) {
                continue;
            }
            String value = equals >= 0 ? arg.substring(equals + 1) : i + 1 < args.length ? args[++i] : "";
            if (!isPlain(value) || !command.setValue(name, value)) {
                return false;
            }
        }
        return command.hasImage()
                && (!given.contains("--offline") || WITH_OFFLINE.containsAll(given))
                && !excludeEachOther("--quiet", "--progress")
                && !excludeEachOther("--config", "--hosts-dir");
    }

    /** Picocli decides what a value means that could be another option or a command. */
    private static boolean isPlain(String value) {
        return !value.isBlank() && !value.startsWith("-") && !Subcommands.mayBeNamedBy(value);
    }

    private boolean excludeEachOther(String one, String other) {
        return given.contains(one) && given.contains(other);
    }

    private static String longName(String name) {
        return switch (name) {
            case "-q" -> "--quiet";
            case "-k" -> "--skip-verify";
            case "-u" -> "--user";
            case "-v" -> "--verbose";
            default -> name;
        };
    }
}
