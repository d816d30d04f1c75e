// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every option, before and behind every command, is obeyed or refused; none is ignored. The options are those of the model. */
class OptionPlacementTest {
    @TempDir
    Path temporary;

    private record Command(String name, CommandLine line) {
        List<String> words() {
            return List.of(name.split(" "));
        }
    }

    private static List<Command> commands(CommandLine in, String prefix) {
        List<Command> all = new ArrayList<>();
        in.getSubcommands().forEach((name, line) -> {
            all.add(new Command((prefix + " " + name).strip(), line));
            all.addAll(commands(line, (prefix + " " + name).strip()));
        });
        return all;
    }

    private static Map<String, OptionSpec> everyOption() {
        Map<String, OptionSpec> all = new HashMap<>();
        CommandLine root = Main.command("--help");
        List<Command> commands = new ArrayList<>(commands(root, ""));
        commands.add(new Command("", root));
        for (Command command : commands) {
            for (OptionSpec option : command.line().getCommandSpec().options()) {
                for (String name : option.names()) {
                    OptionSpec known = all.putIfAbsent(name, option);
                    assertThat(known == null
                                    || known.arity().max() == option.arity().max())
                            .as("%s takes a value everywhere or nowhere", name)
                            .isTrue();
                }
            }
        }
        return all;
    }

    private static List<String> withValue(String name, OptionSpec option) {
        return option.arity().min() > 0
                ? List.of(name, "value")
                : List.of(
                        option.arity().max() > 0 ? name + "=value" : name); // an optional value is in the same argument
    }

    @TestFactory
    Stream<DynamicTest> everyOptionBeforeACommandIsGivenToIt() {
        return commands(Main.command("--help"), "").stream()
                .flatMap(command -> everyOption().entrySet().stream()
                        .map(option -> DynamicTest.dynamicTest(
                                option.getKey() + " " + command.name(),
                                () -> assertPlaced(command, option.getKey(), option.getValue()))));
    }

    private static void assertPlaced(Command command, String name, OptionSpec option) {
        List<List<String>> spellings = new ArrayList<>(List.of(withValue(name, option)));
        if (option.arity().max() > 0) {
            spellings.add(List.of(name.startsWith("--") ? name + "=value" : name + "value"));
        }
        for (List<String> spelling : spellings) {
            List<String> behind = new ArrayList<>(command.words());
            behind.addAll(spelling);
            behind.add("IMAGE");
            for (int i = 0; i < command.words().size(); i++) {
                List<String> before = new ArrayList<>(command.words());
                before.addAll(i, spelling);
                before.add("IMAGE");
                String[] args = before.toArray(String[]::new);
                if (command.line().getSubcommands().size() > 0) {
                    before.remove("IMAGE");
                    args = before.toArray(String[]::new);
                }
                if (option.usageHelp()) {
                    assertThat(InProcess.run(args).out()).contains("Usage: jpull " + command.name());
                } else if (command.line().getCommandSpec().findOption(name) == null) {
                    Run refused = InProcess.run(args);
                    assertThat(refused.exitCode()).as(before.toString()).isEqualTo(2);
                    if (command.line().getSubcommands().isEmpty()) {
                        assertThat(refused.err()).contains("\"jpull " + command.name() + "\" has no option " + name);
                    }
                    assertThat(InProcess.run(behind.toArray(String[]::new)).exitCode())
                            .isEqualTo(2);
                } else if (command.line().getSubcommands().isEmpty()) {
                    assertThat(OptionPlacement.arrange(Main.command(args), args))
                            .as(before.toString())
                            .containsExactlyElementsOf(behind);
                }
            }
        }
    }

    @Test
    void optionsBeforeACommandAreObeyed() {
        TestCertificates.write(
                temporary.resolve("certs.d/registry.example/hosts.toml"), "server = \"https://upstream.example\"\n");
        String hosts = temporary.resolve("certs.d").toString();
        for (List<String> args : List.of(
                List.of("--hosts-dir", hosts, "hosts", "explain", "registry.example/app:1"),
                List.of("hosts", "--hosts-dir=" + hosts, "explain", "registry.example/app:1"),
                List.of("hosts", "explain", "--hosts-dir", hosts, "registry.example/app:1"),
                List.of("hosts", "explain", "registry.example/app:1", "--hosts-dir", hosts))) {
            assertThat(run(args).out()).contains("https://upstream.example");
        }
        assertThat(run(List.of("-h", "store", "prune")).out()).contains("--keep-bytes");
        assertThat(run(List.of("--help", "hosts")).out()).contains("explain");
        assertThat(run(List.of("--format", "json", "--hosts-dir", hosts, "hosts", "explain", "registry.example/app:1"))
                        .json()
                        .get("namespace")
                        .stringValue())
                .isEqualTo("registry.example");
    }

    @Test
    void theStoreBeforeACommandIsTheOneThatIsListed() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.serve("store", "1", new ImageFactory(3).image("linux/amd64", new Layer(900, Compression.NONE)));
            String image = registry.host() + "/store:1";
            String store = temporary.resolve("store").toString();
            assertThat(run(List.of("--store", store, "-q", image)).exitCode()).isZero();
            assertThat(run(List.of("--store", store, "store", "ls")).out()).contains(image);
            assertThat(run(List.of("--format", "json", "store", "--store", store, "ls"))
                            .json()
                            .get("images"))
                    .hasSize(1);
        }
    }

    @Test
    void anImageBeforeACommandIsRefused() {
        for (List<String> args : List.of(
                List.of("busybox", "store", "ls"),
                List.of("busybox", "resolve", "app"),
                List.of("-q", "busybox", "demo"),
                List.of("resolve", "busybox", "demo", "app"),
                List.of("store", "busybox", "ls"),
                List.of("hosts", "explain"),
                List.of("hosts"),
                List.of("-v", "store"))) {
            assertThat(run(args).exitCode()).as(args.toString()).isEqualTo(2);
        }
        assertThat(run(List.of("busybox", "store", "ls")).err())
                .contains("\"busybox\" precedes the command \"jpull store ls\"", "docker.io/library/store");
    }

    @Test
    void anImageMayHaveTheNameOfACommand() {
        String store = temporary.resolve("store").toString();
        try (TestRegistry registry = TestRegistry.start()) {
            registry.serve("app", "1", new ImageFactory(3).image("linux/amd64", new Layer(900, Compression.NONE)));
            assertThat(run(List.of("--store", store, "-q", registry.host() + "/app:1"))
                            .exitCode())
                    .isZero();
        }
        for (String name : List.of("store", "hosts", "demo", "resolve")) {
            for (List<String> args : List.of(
                    List.of("--offline", "--store", store, "--", name),
                    List.of("--offline", "--store", store, "docker.io/library/" + name))) {
                Run run = run(args);
                assertThat(run.exitCode()).as(args.toString()).isEqualTo(5);
                assertThat(run.err()).contains("docker.io/library/" + name);
            }
        }
        assertThat(run(List.of("--snapshotter", "store", "--store", store, "app"))
                        .err())
                .contains("the snapshotter store is not known");
    }

    private static Run run(List<String> args) {
        return InProcess.run(args.toArray(String[]::new));
    }
}
