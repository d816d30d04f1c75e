// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.error.ReferenceException;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The option of commands that take along what refers to an image. */
public final class ReferrersOption {
    /** What stands for no types, which are all. */
    static final String ALL = "*";

    @Option(
            names = "--referrers",
            arity = "0..1",
            paramLabel = "TYPE,...",
            preprocessor = AttachedValue.class,
            description =
                    "Also pull what refers to the image and its manifests, such as signatures and SBOMs; only artifacts"
                            + " of these types, if any are given.")
    private @Nullable String types;

    /** Takes no value but one behind an equals sign: the argument that follows is an image. */
    static final class AttachedValue implements IParameterPreprocessor {
        @Override
        @SuppressWarnings("JdkObsolete") // the type of picocli
        public boolean preprocess(
                Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> information) {
            if (!"=".equals(information.get("separator"))) {
                args.push(ALL);
            }
            return false;
        }
    }

    /** The wanted types, none for all; null when the option is not given. */
    @Nullable
    List<String> types() {
        return types == null ? null : types.equals(ALL) ? List.of() : parse("--referrers", types);
    }

    /** Types of artifacts, separated by commas. */
    static List<String> parse(String option, String text) {
        List<String> parsed = List.of(text.split(",", -1));
        if (parsed.stream().anyMatch(String::isBlank)) {
            throw new ReferenceException(option + " has an empty type: write types of artifacts, such as"
                    + " application/spdx+json, with single commas between them");
        }
        return parsed.stream().map(String::strip).toList();
    }
}
