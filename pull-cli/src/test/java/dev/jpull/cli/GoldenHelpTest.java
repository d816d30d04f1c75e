// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/** The help of every command is the text that was reviewed. */
class GoldenHelpTest {
    @TestFactory
    Stream<DynamicTest> helpOfEveryCommand() {
        return commands(Main.command("--help"), List.of())
                .map(path -> DynamicTest.dynamicTest(String.join(" ", path) + " --help", () -> check(path)));
    }

    private static void check(List<String> path) {
        List<String> args = new ArrayList<>(path);
        args.add("--help");
        Run run = InProcess.run(args.toArray(String[]::new));
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        List<String> name = new ArrayList<>(List.of("jpull"));
        name.addAll(path);
        Golden.check("help/" + String.join("-", name) + ".txt", run.out().replace(System.lineSeparator(), "\n"));
    }

    private static Stream<List<String>> commands(CommandLine in, List<String> path) {
        return Stream.concat(
                Stream.of(path), in.getSubcommands().entrySet().stream().flatMap(sub -> {
                    List<String> below = new ArrayList<>(path);
                    below.add(sub.getKey());
                    return commands(sub.getValue(), below);
                }));
    }
}
