// SPDX-License-Identifier: Apache-2.0
package dev.jpull.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.secret.Secret;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretMaskTest {
    private static final String PASSWORD = "p&s<w\"rd/+ §1";
    private final SecretMask mask = new SecretMask();

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(utf8(text));
    }

    @Test
    void allFormsOfAPasswordAreHidden() {
        mask.addPassword("robot", Secret.of(PASSWORD));
        String pair = "robot:" + PASSWORD;
        StringBuilder percent = new StringBuilder();
        StringBuilder json = new StringBuilder();
        StringBuilder html = new StringBuilder();
        StringBuilder decimal = new StringBuilder();
        for (byte each : utf8(PASSWORD)) {
            percent.append(String.format("%%%02x", each));
        }
        for (int i = 0; i < PASSWORD.length(); i++) {
            char each = PASSWORD.charAt(i);
            json.append(String.format("\\u%04X", (int) each));
            html.append(String.format("&#x%x;", (int) each));
            decimal.append("&#").append((int) each).append(';');
        }
        for (String form : List.of(
                PASSWORD,
                PASSWORD.toUpperCase(java.util.Locale.ROOT),
                URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8),
                URLEncoder.encode(URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8), StandardCharsets.UTF_8),
                URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8).replace("+", "%20"),
                percent.toString(),
                json.toString(),
                html.toString(),
                decimal.toString(),
                PASSWORD.replace("\"", "\\\"").replace("/", "\\/"),
                PASSWORD.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;"),
                HexFormat.of().formatHex(utf8(PASSWORD)),
                HexFormat.of().withUpperCase().formatHex(utf8(PASSWORD)))) {
            assertThat(mask.mask("you sent " + form + " to me")).as(form).isEqualTo("you sent *** to me");
        }
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
            for (String text : List.of(pair, PASSWORD, "{\"a\":\"" + PASSWORD + "\"}", "x" + PASSWORD + "yz")) {
                for (Base64.Encoder encoder : List.of(
                        Base64.getEncoder(),
                        Base64.getEncoder().withoutPadding(),
                        Base64.getUrlEncoder(),
                        Base64.getUrlEncoder().withoutPadding())) {
                    String form = encoder.encodeToString(text.getBytes(charset));
                    assertThat(mask.mask("Basic " + form + ", and more")).isEqualTo("Basic ***, and more");
                    assertThat(mask.mask(URLEncoder.encode(form, StandardCharsets.UTF_8)))
                            .isEqualTo("***");
                }
            }
        }
    }

    @Test
    void aSecretThatIsCutOffIsHiddenAsFarAsItGoes() {
        mask.addToken(Secret.of("abcdefghijklmnop"));
        assertThat(mask.mask("it is abcdefghij…")).isEqualTo("it is ***…");
        assertThat(mask.mask("it is abcdefghij")).isEqualTo("it is abcdefghij");
    }

    @Test
    void aShortSecretIsHiddenInForeignTextWhereItIsAWord() {
        mask.addPassword("robot", Secret.of("x"));
        assertThat(mask.maskForeign("exit: password \"x\" is wrong")).isEqualTo("exit: password \"***\" is wrong");
        assertThat(mask.maskForeign("robot:x, cm9ib3Q6eA==")).isEqualTo("***, ***");
        assertThat(mask.mask("x-ray x")).isEqualTo("x-ray x");
    }

    @Test
    void theCredentialsAndCookiesInAHeaderAreHiddenByThemselves() {
        mask.addHeader(Secret.of("session=0123456789; theme=dark"));
        mask.addHeader(Secret.of("Bearer a.token.of.mine"));
        mask.addHeader(Secret.of("Basic " + base64("me:a-password")));
        mask.addHeader(Secret.of("https"));
        assertThat(mask.mask("0123456789 a.token.of.mine a-password https://dark.example"))
                .isEqualTo("*** *** *** https://dark.example");
    }

    @Test
    void nothingElseIsChanged() {
        mask.addPassword("robot", Secret.of("hunter2-password"));
        String text = "status 401 (UNAUTHORIZED: authentication required %41%zz &amp; \\u00 \\ud800 &#; &#xzz; % \\";
        assertThat(mask.maskForeign(text)).isEqualTo(text);
        assertThat(new SecretMask().mask(text)).isEqualTo(text);
    }

    @Test
    void manySecretsAndALongTextTakeLittle() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            mask.addSignature("signature-" + i + "-" + random.nextLong());
            mask.addToken(Secret.of("token-".repeat(i % 2000 + 1) + i));
            mask.addPassword("user" + i, Secret.of("password-" + i));
        }
        String text = "%5cu0025 &amp;password-9999 token-token-".repeat(20_000);
        assertThat(mask.mask(text)).contains("&amp;*** token").doesNotContain("password-9999");
        assertThat(mask.mask(base64("password-9999").repeat(100_000))).isEqualTo("***");
    }
}
