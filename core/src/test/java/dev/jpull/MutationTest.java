// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.error.PullException;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.testdata.ConfigurationCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One broken token in a valid configuration is an error or a finding, or changes nothing; never another endpoint in silence. */
class MutationTest {
    /** Keys and other bare words, texts, and each sign that means something to TOML. */
    private static final Pattern TOKEN =
            Pattern.compile("#.*|\"(?:[^\"\\\\\\n]|\\\\.)*\"|'[^'\\n]*'|[A-Za-z0-9_-]+|[\\[\\]{}=.,]");

    /** The words that a setting must be one of; other texts may be anything, and are another valid configuration. */
    private static final Pattern KEYWORD = Pattern.compile("[\"']?(pull|resolve|push|referrers|true|false)[\"']?");

    private static final Pattern URL = Pattern.compile("([\"'])(https?)://(.*)([\"'])");
    private static final Pattern DURATION = Pattern.compile("([\"'])([0-9]+)(ms|s|m)([\"'])");

    @TempDir
    Path temporary;

    static Stream<ConfigurationCase> examples() {
        return ConfigurationCase.bundled("examples.txt").stream()
                .filter(example -> example.files().keySet().stream().anyMatch(name -> name.endsWith(".toml")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void aBrokenTokenIsNeverSilent(ConfigurationCase example) throws IOException {
        example.write(temporary);
        Path config = temporary.resolve("config.toml");
        Set<String> known = findings(config);
        String endpoints = endpoints(example, config);
        List<String> silent = new ArrayList<>();
        int mutations = 0;
        for (Map.Entry<String, String> file : example.files().entrySet()) {
            if (!file.getKey().endsWith(".toml") || file.getKey().contains("_backup")) {
                continue;
            }
            Path path = temporary.resolve(file.getKey());
            String valid = Files.readString(path);
            for (String broken : mutationsOf(valid)) {
                mutations++;
                Files.writeString(path, broken);
                if (!isNoticed(example, config, known, endpoints)) {
                    silent.add(broken);
                }
            }
            Files.writeString(path, valid);
        }
        assertThat(silent).isEmpty();
        assertThat(mutations).isGreaterThan(10);
    }

    private boolean isNoticed(ConfigurationCase example, Path config, Set<String> known, String endpoints) {
        try {
            return endpoints(example, config).equals(endpoints) || !known.containsAll(findings(config));
        } catch (PullException e) {
            return true;
        }
    }

    private Set<String> findings(Path config) {
        Set<String> codes = new HashSet<>();
        for (Finding finding : HostsCheck.of(Files.exists(config) ? config : temporary.resolve("certs.d"))) {
            codes.add(finding.code() + " " + finding.message());
        }
        return codes;
    }

    private String endpoints(ConfigurationCase example, Path config) {
        ImagePullerBuilder builder = ImagePuller.builder().environment(Map.of()).store(temporary.resolve("store"));
        StringBuilder all = new StringBuilder();
        boolean cri = Files.exists(config);
        try (ImagePuller puller =
                (cri ? builder.configuration(config) : builder.hostsDirectory(temporary.resolve("certs.d"))).build()) {
            for (String image : example.expected("image")) {
                HostsExplanation explanation = puller.explain(image);
                explanation.resolve().forEach(endpoint -> all.append(meaning(endpoint)));
                explanation.pull().forEach(endpoint -> all.append(meaning(endpoint)));
            }
        }
        return all.toString();
    }

    /** Everything that decides how an endpoint is asked, and not where it was written. */
    private static String meaning(HostsExplanation.Endpoint endpoint) {
        RegistryHost host = endpoint.host().registryHost();
        return endpoint.url() + " " + host.tls() + " " + host.httpFallback() + " " + host.headers() + " "
                + host.dialTimeout() + " " + host.extensions() + "\n";
    }

    private static Set<String> mutationsOf(String text) {
        Set<String> mutations = new LinkedHashSet<>();
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            String before = text.substring(0, token.start());
            String after = text.substring(token.end());
            for (String broken : broken(token.group(), after)) {
                mutations.add(before + broken + after);
            }
        }
        mutations.remove(text);
        return mutations;
    }

    private static List<String> broken(String token, String after) {
        if (token.startsWith("#")) {
            return List.of();
        }
        if (token.length() == 1 && !Character.isLetterOrDigit(token.charAt(0))) {
            return List.of("", token + token, ";");
        }
        Matcher url = URL.matcher(token);
        if (url.matches()) {
            String rest = url.group(3) + url.group(4);
            String quote = url.group(1);
            return List.of(
                    token.substring(1),
                    token.substring(0, token.length() - 1),
                    token.substring(1, token.length() - 1),
                    quote + "ttps://" + rest,
                    quote + "http:/" + rest,
                    quote + "http//" + rest,
                    quote + "https:" + rest,
                    quote + "HTTPS://" + rest,
                    quote + url.group(2) + ":// " + rest,
                    quote + " " + url.group(2) + "://" + rest,
                    quote + url.group(2) + "://user@" + rest,
                    quote + url.group(2) + "://" + url.group(3) + "?x" + url.group(4),
                    quote + url.group(2) + "://" + url.group(4));
        }
        Matcher duration = DURATION.matcher(token);
        if (duration.matches()) {
            return List.of(
                    "\"" + duration.group(2) + "\"",
                    duration.group(2),
                    "\"-" + duration.group(2) + duration.group(3) + "\"",
                    "\"" + duration.group(3) + "\"",
                    "\"" + duration.group(2) + "x\"");
        }
        if (KEYWORD.matcher(token).matches()) {
            boolean quoted = !Character.isLetter(token.charAt(0));
            String word = quoted ? token.substring(1, token.length() - 1) : token;
            return List.of(
                    quoted ? word : "\"" + word + "\"",
                    token.replace(word, word.substring(1)),
                    token.replace(word, word + word.charAt(0)),
                    token.replace(word, word.charAt(1) + word.substring(0, 1) + word.substring(2)),
                    token.replace(word, "7"));
        }
        boolean headerName = token.toLowerCase(Locale.ROOT).startsWith("x-");
        if (headerName) {
            return List.of(); // any other name is another valid header
        }
        boolean key = after.matches("(?s)\\s*[=.\\]].*") && Character.isLetter(token.charAt(0));
        if (key) {
            return List.of(
                    token.substring(1),
                    token + token.charAt(0),
                    token.charAt(0) + "x" + token.substring(1),
                    "\"" + token + " \"",
                    Character.toUpperCase(token.charAt(0)) + token.substring(1));
        }
        return token.startsWith("\"") || token.startsWith("'")
                ? List.of(token.substring(1), token.substring(0, token.length() - 1))
                : List.of();
    }
}
