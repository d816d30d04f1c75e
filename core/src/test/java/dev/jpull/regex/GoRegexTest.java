// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Go's package regexp, as RE2/J has it and as its documentation describes replacements. */
@Timeout(60)
class GoRegexTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            emptyValue = "",
            value = {
                "^rancher/(.*) ; mirrorproject/rancher-images/$1 ; rancher/pause ; mirrorproject/rancher-images/pause",
                "^rancher/(.*) ; x/$1 ; library/busybox ; library/busybox",
                "(.*) ; docker/$1 ; library/busybox ; docker/library/busybox",
                "/ ; - ; team1/images/test ; team1-images-test",
                "(.*) ; $1/docker ; library/busybox ; library/busybox/docker",
                "(.*) ; a$1x ; b ; a",
                "(.*) ; a${1}x ; b ; abx",
                "(?P<rest>.*) ; a/$rest ; b ; a/b",
                "(?<rest>.*) ; a/${rest}s ; b ; a/bs",
                "(.*) ; a$$1 ; b ; a$1",
                "(.*) ; $ ; b ; $",
                "(.*) ; ${1 ; b ; ${1",
                "(.*) ; $01 ; b ; ''",
                "(.*) ; $2/x ; b ; /x",
                "o ; 0 ; foo/boo ; f00/b00",
                "a* ; - ; baac ; -b-c-",
                "a*? ; - ; baa ; -b-a-a-",
                "(a|ab)(c|bcd)(d*) ; $1,$2,$3 ; abcd ; 'a,bcd,'",
                "^(?i)LIBRARY/ ; hub/ ; library/a ; hub/a",
                "(?i:LI)brary/ ; hub/ ; library/a ; hub/a",
                "(?U)a+ ; x ; aaa ; xxx",
                "[[:alpha:]]+ ; w ; ab1cd ; w1w",
                "[^/]+$ ; last ; a/b/c ; a/b/last",
                "[a&&b]+ ; x ; a&b ; x",
                "[]a]+ ; x ; a]b ; xb",
                "\\Q.*\\E ; x ; a.*b ; axb",
                "a{2} ; x ; aaaa ; xx",
                "a{,2} ; x ; a{,2} ; x",
                "\\x61\\x{62} ; x ; abc ; xc",
                "\\141 ; x ; abc ; xbc",
                "\\bapp\\b ; x ; my-app/app2 ; my-x/app2",
                "\\Aapp\\z ; x ; app ; x"
            })
    void replacesAsGoDoes(String pattern, String replacement, String text, String expected) throws GoRegexException {
        assertThat(GoRegex.parse(pattern).replaceAll(text, replacement, 1000)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(.*",
                "a)",
                "[a",
                "a**",
                "a*+",
                "a++",
                "*a",
                "?",
                "{2}",
                "a{2}{3}",
                "a{1001}",
                "a{3,2}",
                "(?=a)",
                "(?!a)",
                "(?<=a)",
                "(?>a)",
                "(a)\\1",
                "\\Z",
                "\\G",
                "\\h",
                "\\p{L}",
                "[z-a]",
                "[a-\\d]",
                "[[:nope:]]",
                "(?x)a",
                "(?P<n>a)(?P<n>b)",
                "\\",
                "[\\",
                "(?:(?:a{100}){100}){100}",
                "(?:){1000}{2}",
                "(?:(?:(?:){999}){999}){999}"
            })
    void whatGoDoesNotReadIsRefused(String pattern) {
        assertThatThrownBy(() -> GoRegex.parse(pattern)).isInstanceOf(GoRegexException.class);
    }

    @Test
    void longAndDeepExpressionsAreRefused() {
        assertThatThrownBy(() -> GoRegex.parse("a".repeat(1001))).hasMessageContaining("1000 characters");
        assertThatThrownBy(() -> GoRegex.parse("(".repeat(400) + ")".repeat(400)))
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> GoRegex.parse("(a{1000}b){3}")).hasMessageContaining("2000 steps");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "(.*a){20}$", "(a|aa)*b", "(a?){250}a{250}", "(x+x+)+y", "((a*)*)*b"})
    void whatTakesForEverElsewhereEnds(String pattern) throws GoRegexException {
        assertThat(GoRegex.parse(pattern).replaceAll("a".repeat(254) + "-", "", 1000))
                .endsWith("-");
    }

    /** Each match is found after a look at the rest of the text, which is not repeated for the next one. */
    @Test
    void manyMatchesTakeNoMoreStepsThanOne() throws GoRegexException {
        assertThat(GoRegex.parse("(?:.*x)?.").replaceAll("a".repeat(200_000), "b", 200_000))
                .isEqualTo("b".repeat(200_000));
    }

    @Test
    void namesAGroupThatIsNotThere() throws GoRegexException {
        GoRegex regex = GoRegex.parse("^(?P<project>[^/]+)/(.*)");
        assertThat(regex.missingGroup("$project/$2/$$3/${1}")).isEmpty();
        assertThat(regex.missingGroup("x/$1x")).isEqualTo("1x");
        assertThat(regex.missingGroup("x/$3")).isEqualTo("3");
        assertThat(regex.missingGroup("x/${name}y")).isEqualTo("name");
    }

    /** Random expressions over a small alphabet, so that they match often. */
    @Test
    void matchesAsTheEngineOfGoInJava() throws GoRegexException {
        Random random = new Random(20261128);
        int compared = 0;
        for (int i = 0; i < 20_000; i++) {
            String pattern = expression(random, 3);
            com.google.re2j.Pattern other;
            try {
                other = com.google.re2j.Pattern.compile(pattern);
            } catch (com.google.re2j.PatternSyntaxException e) {
                assertThatThrownBy(() -> GoRegex.parse(pattern)).as(pattern).isInstanceOf(GoRegexException.class);
                continue;
            }
            GoRegex regex = GoRegex.parse(pattern);
            for (String text : new String[] {"", "a", "ab/a", "aab/b-a", text(random)}) {
                StringBuilder groups = new StringBuilder("<$0");
                StringBuilder java = new StringBuilder("<$0");
                for (int group = 1; group <= other.groupCount(); group++) {
                    groups.append(",${").append(group).append("}");
                    java.append(",$").append(group);
                }
                // The engines differ in which empty match behind a match is replaced: the first match alone is
                // compared.
                assertThat(first(regex, text, groups + ">"))
                        .as("%s on \"%s\"", pattern, text)
                        .isEqualTo(first(other, text, java + ">"));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(50_000);
    }

    private static String first(GoRegex regex, String text, String template) {
        String all = regex.replaceAll(text, template, 100_000);
        int begin = all.indexOf('<');
        return begin < 0 ? "" : all.substring(0, all.indexOf('>') + 1);
    }

    private static String first(com.google.re2j.Pattern pattern, String text, String template) {
        String all = pattern.matcher(text).replaceFirst(template);
        int begin = all.indexOf('<');
        return begin < 0 ? "" : all.substring(0, all.indexOf('>') + 1);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append("aab/-".charAt(random.nextInt(5)));
        }
        return text.toString();
    }

    private static String expression(Random random, int depth) {
        if (depth == 0 || random.nextInt(4) == 0) {
            String[] atoms = {
                "a",
                "b",
                "/",
                ".",
                "^",
                "$",
                "[ab]",
                "[^a]",
                "\\w",
                "\\b",
                "\\W",
                "-",
                "[a-c]",
                "",
                "\\B",
                "[[:alpha:]]"
            };
            return atoms[random.nextInt(atoms.length)];
        }
        String inner = expression(random, depth - 1);
        return switch (random.nextInt(8)) {
            case 0 -> "(" + inner + ")";
            case 1 -> "(?:" + inner + ")";
            case 2 -> inner + "|" + expression(random, depth - 1);
            case 3 -> "(" + inner + ")" + repetition(random);
            case 4 -> "(?:" + inner + ")" + repetition(random);
            case 5 -> "(" + inner + "|" + expression(random, depth - 1) + ")";
            case 6 -> inner + repetition(random);
            default -> inner + expression(random, depth - 1);
        };
    }

    private static String repetition(Random random) {
        String[] all = {"*", "+", "?", "{2}", "{1,2}", "{0,2}", "{2,}", "*?", "+?", "??", "{1,2}?", "{0}"};
        return all[random.nextInt(all.length)];
    }

    @Test
    void noMatchIsReplacedAfterTheGreatestLength() throws GoRegexException {
        assertThat(GoRegex.parse("a").replaceAll("a".repeat(200), "$0".repeat(10), 25))
                .hasSize(227);
    }
}
