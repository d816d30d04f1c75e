// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What is read without picocli sets the same options as picocli does. */
class OrdinaryPullTest {
    private static final RecursiveComparisonConfiguration OPTIONS = RecursiveComparisonConfiguration.builder()
            .withIgnoredFieldsMatchingRegexes("(.*\\.)?spec", "warmUp", "interruption")
            .withStrictTypeChecking(true)
            .build();

    /** What may follow each other, right or wrong. */
    private static final List<String> PARTS = List.of(
            "-q",
            "--quiet",
            "-qv",
            "-v",
            "--verbose",
            "--plain-http",
            "-k",
            "--skip-verify",
            "--no-upstream",
            "--print-chainid",
            "--store",
            "--store=a",
            "--store=",
            "--hosts-dir",
            "--hosts-dir=b",
            "--config=c",
            "--platform",
            "--platform=linux/arm64",
            "--progress",
            "--progress=plain",
            "--progress=JSON",
            "--format",
            "--format=json",
            "--format=xml",
            "-u",
            "-uname",
            "--user=name:password",
            "--tlscacert=ca.pem",
            "--plain-http=false",
            "--no-plain-http",
            "--offline",
            "--locked",
            "--lock=jpull.lock",
            "--max-concurrent-downloads",
            "--max-concurrent-downloads=auto",
            "--max-concurrent-downloads=257",
            "--max-connections=8,2",
            "--max-connections=none",
            "--mirror-user=mirror.example=name:pass=word",
            "--mirror-user",
            "8",
            "--all-platforms",
            "--label",
            "--",
            "-",
            "",
            " ",
            "json",
            "tty",
            "none",
            "auto",
            "busybox",
            "registry.example:5000/app:1",
            "store",
            "hosts",
            "a=b",
            "--unknown",
            "--plain",
            "@file",
            "\"quoted\"");

    private static void compare(PullCommand read, String... args) {
        CommandLine byPicocli = Main.command(args);
        CommandLine.ParseResult parsed = byPicocli.parseArgs(OptionPlacement.arrange(byPicocli, args));
        assertThat(parsed.hasSubcommand()).isFalse();
        CheckedExecution.check(parsed);
        PullCommand expected = byPicocli.getCommand();
        expected.check(byPicocli);
        assertThat(read)
                .as(String.join(" ", args))
                .usingRecursiveComparison(OPTIONS)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "busybox",
                "-q --plain-http --store a 127.0.0.1:5000/app:1",
                "--hosts-dir a --hosts-dir=b -v busybox alpine",
                "busybox --platform linux/arm64 --platform linux/amd64 --progress json --format json",
                "-k -u name:password --tlscacert ca.pem --no-upstream --print-chainid app",
                "--config config.toml --progress=none app",
                "--format text app",
                "--offline --store a --platform linux/arm64 --progress plain --format json -v --print-chainid app",
                "--offline -q app",
                "--lock jpull.lock --locked app",
                "--offline --locked app",
                "--max-concurrent-downloads auto --max-connections 24,8 app",
                "--max-concurrent-downloads=256 --max-connections wrong app",
                "--mirror-user mirror.example --mirror-user=other.example=name:pass=word -u name:password app",
            })
    void ordinaryPullsAreReadWithoutPicocli(String line) {
        String[] args = line.split(" ");
        PullCommand read = OrdinaryPull.read(WarmUp.NONE, new Interruption(), args);
        assertThat(read).as(line).isNotNull();
        compare(read, args);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--help",
                "--version",
                "-q",
                "resolve app",
                "app resolve",
                "--store resolve app",
                "--store",
                "app --store",
                "-q --progress plain app",
                "-q --quiet app",
                "--config a --hosts-dir b app",
                "--store a --store b app",
                "--store -q app",
                "--progress PLAIN app",
                "--max-concurrent-downloads 257 app",
                "--max-concurrent-downloads many app",
                "--offline --plain-http app",
                "--max-age 1h app",
                "--update-lock app",
                "--offline --max-connections 3 app",
                "--offline --mirror-user mirror.example app",
                "--unknown app",
                "-- app",
                "-qv app",
            })
    void whatIsNotPlainlyRightIsForPicocli(String line) {
        assertThat(OrdinaryPull.read(WarmUp.NONE, new Interruption(), line.isEmpty() ? new String[0] : line.split(" ")))
                .as(line)
                .isNull();
    }

    @Test
    void bothReadingsAgree() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 4_000; i++) {
            List<String> line = new ArrayList<>();
            for (int n = random.nextInt(6); n >= 0; n--) {
                line.add(PARTS.get(random.nextInt(PARTS.size())));
            }
            if (random.nextBoolean()) {
                line.add("busybox");
            }
            if (random.nextInt(4) == 0) {
                Collections.shuffle(line, random);
            }
            String[] args = line.toArray(String[]::new);
            PullCommand command = OrdinaryPull.read(WarmUp.NONE, new Interruption(), args);
            if (command != null) {
                read++;
                try {
                    compare(command, args);
                } catch (CommandLine.ParameterException e) {
                    throw new AssertionError("seed " + seed + ": picocli refuses " + line, e);
                }
            }
        }
        assertThat(read).as("seed " + seed).isGreaterThan(100);
    }
}
