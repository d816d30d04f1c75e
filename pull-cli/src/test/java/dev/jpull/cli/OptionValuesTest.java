// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Values that say nothing, and options that contradict each other, are refused before anything is done. */
class OptionValuesTest {
    private static final String IMAGE = "127.0.0.1:1/app:1";

    @TempDir
    Path temporary;

    private static Stream<List<String>> commands(CommandLine in, List<String> path) {
        return Stream.concat(
                Stream.of(path), in.getSubcommands().entrySet().stream().flatMap(sub -> {
                    List<String> below = new ArrayList<>(path);
                    below.add(sub.getKey());
                    return commands(sub.getValue(), below);
                }));
    }

    private static CommandLine at(List<String> path) {
        CommandLine command = Main.command("--help");
        for (String name : path) {
            command = Objects.requireNonNull(command.getSubcommands().get(name));
        }
        return command;
    }

    private static Run run(List<String> args) {
        return InProcess.run(args.toArray(String[]::new));
    }

    @TestFactory
    Stream<DynamicTest> noOptionTakesAnEmptyValue() {
        return commands(Main.command("--help"), List.of())
                .flatMap(path -> at(path).getCommandSpec().options().stream()
                        .filter(option -> option.arity().max() > 0)
                        .flatMap(option -> Stream.of("", " ", "\t")
                                .map(value -> DynamicTest.dynamicTest(
                                        path + " " + option.longestName() + " \"" + value + "\"",
                                        () -> assertRefused(path, option, value)))));
    }

    private static void assertRefused(List<String> path, OptionSpec option, String value) {
        for (String name : option.names()) {
            List<String> args = new ArrayList<>(path);
            boolean attached = option.arity().min() == 0; // else the value would be the next argument
            args.addAll(attached ? List.of(name + "=" + value) : List.of(name, value));
            at(path).getCommandSpec().positionalParameters().forEach(positional -> args.add(IMAGE));
            Run run = run(args);
            assertThat(run.exitCode()).as(args.toString()).isEqualTo(2);
            assertThat(run.err()).contains(option.longestName());
        }
    }

    @Test
    void noArgumentIsEmpty() {
        String file = temporary.toString();
        for (List<String> args : List.of(
                List.of(""),
                List.of(" "),
                List.of(IMAGE, ""),
                List.of("resolve", ""),
                List.of("hosts", "explain", ""),
                List.of("hosts", "check", ""),
                List.of("hosts", "probe", ""),
                List.of("hosts", "convert", "", file),
                List.of("hosts", "convert", file, ""),
                List.of("hosts", "diff", "", file),
                List.of("hosts", "diff", file, ""),
                List.of("hosts", "diff", file, file, ""),
                List.of("store", "rm", ""))) {
            Run run = run(args);
            assertThat(run.exitCode()).as(args.toString()).isEqualTo(2);
            assertThat(run.err()).contains("empty value");
        }
    }

    @Test
    void aUrlIsNoHost() {
        for (List<String> options : List.of(
                List.of("--trust-realm", "http://auth.example/"),
                List.of("--mirror-user", "https://mirror.example=ci:secret-word"),
                List.of("--mirror-user", "mirror.example/v2=ci:secret-word"))) {
            List<String> args = new ArrayList<>(options);
            args.add(IMAGE);
            Run run = run(args);
            assertThat(run.exitCode()).as(args.toString()).isEqualTo(2);
            assertThat(run.err()).contains(options.get(0), "is not a host").doesNotContain("secret-word");
        }
    }

    @Test
    void aPasswordWithoutAUserIsNotRepeated() {
        for (List<String> options : List.of(
                List.of("-u", ":hunter2"),
                List.of("-u", "a:b", "--mirror-user", "m=:hunter2"),
                List.of("-u", "::hunter2"))) {
            List<String> args = new ArrayList<>(options);
            args.addAll(List.of("--format", "json", "registry.example/app:1"));
            Run run = run(args);
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("names no user");
            assertThat(run.err() + run.out()).doesNotContain("hunter2");
        }
    }

    @Test
    void wrongOptionsAreToldInTheFormThatIsAskedForInAnySpelling() {
        for (List<String> format : List.of(
                List.of("--format", "json"),
                List.of("--format=json"),
                List.of("--format=JSON"),
                List.of("--format", "Json"))) {
            List<String> args = new ArrayList<>(format);
            args.add("--bogus");
            assertThat(run(args).out()).contains("\"kind\":\"usage\"");
        }
    }

    @Test
    void whatContradictsItselfIsRefused() {
        for (List<String> options : List.of(
                List.of("-u", "a:b", "--refresh", "t"),
                List.of("--password-stdin", "--password-file", "f", "-u", "a"),
                List.of("--password-file", "f"),
                List.of("--password-file", "f", "-u", "a:b"),
                List.of("--password-file", "f", "--refresh", "t"),
                List.of("-q", "--progress", "tty"),
                List.of("-q", "--progress", "json"),
                List.of("--platform", "linux/amd64", "--all-platforms"),
                List.of("--all-metadata", "--skip-metadata"),
                List.of("--config", "f", "--hosts-dir", "d"),
                List.of("--offline", "--label", "a=b"),
                List.of("--label", "a=b", "--label", "a=c"),
                List.of("--label", "=b"),
                List.of("--mirror-user", "m=a:b", "--mirror-user", "m=a:c"),
                List.of("--mirror-user", "127.0.0.1:1=c:d", "-u", "a:b"),
                List.of("--mirror-user", "=a:b"),
                List.of("--mirror-user", "m"),
                List.of("--tlscert", "f"),
                List.of("--tlskey", "f"),
                List.of("--store", "a", "--store", "b"),
                List.of("--config", "a", "--config", "a"),
                List.of("--progress", "none", "--progress", "json"),
                List.of("--max-connections", ","),
                List.of("--max-connections", "8,"),
                List.of("--max-connections", ",8"),
                List.of("--max-connections", "8,8,8"),
                List.of("--max-connections", "0"),
                List.of("--max-connections", "257"),
                List.of("--max-connections", "8", "--max-connections", "9"),
                List.of("--max-concurrent-downloads", "-1"),
                List.of("--max-concurrent-downloads", "many"))) {
            List<String> args = new ArrayList<>(options);
            args.add(IMAGE);
            Run run = run(args);
            assertThat(run.exitCode()).as(args + run.err()).isEqualTo(2);
            assertThat(run.out()).isEmpty();
        }
    }

    @Test
    void quietAndNoProgressAgree() {
        assertThat(run(List.of("-q", "--progress", "none", "--offline", "--store", temporary.toString(), IMAGE))
                        .exitCode())
                .isNotEqualTo(2);
    }

    @Test
    void whatHasNoEffectIsSaid() {
        String store = temporary.toString();
        assertThat(run(List.of("--offline", "--store", store, "-k", "--spread", "--hosts-dir", store, IMAGE))
                        .err())
                .contains("no effect with --offline, which sends no request: --skip-verify, --hosts-dir, --spread");
        Run verify = run(List.of("store", "verify", "--store", store, "--plain-http"));
        assertThat(verify.exitCode()).isEqualTo(2);
        assertThat(verify.err()).contains("--plain-http has no effect without --repair, which alone sends requests");
    }

    @Test
    void anArgumentIsNoFileOfArguments() throws IOException {
        Path file = Files.writeString(temporary.resolve("args"), "--version");
        assertThat(run(List.of("@" + file)).exitCode()).isEqualTo(2);
    }
}
