// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Gives options before the name of a command the same meaning as behind it. Picocli assigns them to the command before
 * them, which ignores them when another command follows; so the arguments are rearranged for picocli, and an argument that
 * would be ignored is refused.
 */
final class OptionPlacement {
    private static final List<String> HELP = List.of("-h", "--help");

    private final CommandLine root;
    private final List<String> names = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private final List<String> optionArguments = new ArrayList<>();
    private CommandLine command;
    private @Nullable String image;

    private OptionPlacement(CommandLine root) {
        this.root = root;
        this.command = root;
    }

    /**
     * The arguments with the names of the commands in front.
     *
     * @throws ParameterException if an argument before a command does not belong to it
     */
    static String[] arrange(CommandLine root, String... args) {
        return root.getSubcommands().isEmpty() ? args : new OptionPlacement(root).arrange(args);
    }

    private String[] arrange(String... args) {
        int at = 0;
        for (; at < args.length && !args[at].equals("--"); at++) {
            String arg = args[at];
            if (arg.length() > 1 && arg.startsWith("-")) {
                options.add(arg);
                optionArguments.add(arg);
                if (takesNext(arg) && at + 1 < args.length) {
                    optionArguments.add(args[++at]);
                }
            } else if (command.getSubcommands().containsKey(arg)) {
                names.add(arg);
                command = command.getSubcommands().get(arg);
                if (command.getSubcommands().isEmpty()) {
                    at++;
                    break;
                }
            } else if (!names.isEmpty()) {
                throw new ParameterException(
                        command,
                        "\"" + arg + "\" is not a command of \""
                                + command.getCommandSpec().qualifiedName() + "\"; it has "
                                + String.join(", ", command.getSubcommands().keySet()));
            } else if (image == null) {
                image = arg;
            }
        }
        if (names.isEmpty()) {
            return args;
        }
        List<String> arranged = new ArrayList<>(names);
        List<String> behind = List.of(args).subList(at, args.length);
        if (HELP.stream().anyMatch(help -> options.contains(help) || behind.contains(help))) {
            arranged.add("--help");
            return arranged.toArray(String[]::new);
        }
        refuseWhatIsNotOf(command);
        arranged.addAll(optionArguments);
        arranged.addAll(behind);
        return arranged.toArray(String[]::new);
    }

    private void refuseWhatIsNotOf(CommandLine wanted) {
        String name = "\"" + wanted.getCommandSpec().qualifiedName() + "\"";
        if (image != null) {
            throw new ParameterException(
                    wanted,
                    "\"" + image + "\" precedes the command " + name
                            + ", which would ignore it: write it behind the command."
                            + " An image with the name of a command is written docker.io/library/" + names.get(0));
        }
        for (String option : options) {
            for (String single : singleNames(option)) {
                if (wanted.getCommandSpec().findOption(single) == null) {
                    throw new ParameterException(wanted, name + " has no option " + single);
                }
            }
        }
    }

    /** The names of the options in an argument: one, or some of one letter each. */
    private List<String> singleNames(String arg) {
        if (arg.startsWith("--")) {
            return List.of(withoutValue(arg));
        }
        List<String> single = new ArrayList<>();
        for (int i = 1; i < arg.length(); i++) {
            String name = "-" + arg.charAt(i);
            single.add(name);
            if (takesValue(name)) {
                break;
            }
        }
        return single;
    }

    /** Whether the next argument is the value of an option in this one. */
    private boolean takesNext(String arg) {
        if (arg.startsWith("--")) {
            return !arg.contains("=") && requiresValue(arg);
        }
        List<String> single = singleNames(arg);
        return single.size() == arg.length() - 1 && takesValue(single.get(single.size() - 1));
    }

    private static String withoutValue(String arg) {
        int equals = arg.indexOf('=');
        return equals < 0 ? arg : arg.substring(0, equals);
    }

    private boolean takesValue(String name) {
        OptionSpec option = find(root, name);
        return option != null && option.arity().max() > 0;
    }

    /** Whether an option takes a value from the next argument; one with an optional value takes it from its own. */
    private boolean requiresValue(String name) {
        OptionSpec option = find(root, name);
        return option != null && option.arity().min() > 0;
    }

    /** Any command's option of a name; the same name takes a value in all of them or in none. */
    private static @Nullable OptionSpec find(CommandLine in, String name) {
        OptionSpec found = in.getCommandSpec().findOption(name);
        for (CommandLine subcommand : in.getSubcommands().values()) {
            found = found == null ? find(subcommand, name) : found;
        }
        return found;
    }
}
