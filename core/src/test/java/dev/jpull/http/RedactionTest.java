// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Bodies are shown without secrets, however long, cut or malformed they are. */
class RedactionTest {
    @Test
    void valuesOfSecretMembersAreHidden() {
        assertThat(Redaction.ofJson("{\"token\" : \"abc\",\"expires_in\":60,\"ok\":\"yes\"}"))
                .isEqualTo("{\"token\" : \"***\",\"expires_in\":60,\"ok\":\"yes\"}");
        assertThat(Redaction.ofJson("{\"Identity\\u0054oken\":\"a\\\"b\",\"x\":\"y\"}"))
                .isEqualTo("{\"Identity\\u0054oken\":\"***\",\"x\":\"y\"}");
        assertThat(Redaction.ofJson("{\"password\":12345,\"auths\":{\"r\":{\"a\":[\"b\",1,true]}},\"c\":{\"d\":1}}"))
                .isEqualTo(
                        "{\"password\":\"***\",\"auths\":{\"r\":{\"a\":[\"***\",\"***\",\"***\"]}},\"c\":{\"d\":1}}");
        assertThat(Redaction.ofJson("{\"token\":,\"a\":\"b\"}")).isEqualTo("{\"token\":,\"a\":\"b\"}");
        assertThat(Redaction.ofJson("{\"secret\":[],\"a\":\"b\"}")).isEqualTo("{\"secret\":[],\"a\":\"b\"}");
        assertThat(Redaction.ofJson("{\"a\":\"Bearer abcdefgh\"}")).isEqualTo("{\"a\":\"Bearer ***\"}");
    }

    @Test
    void whatIsCutOffIsHiddenToo() {
        assertThat(Redaction.ofJson("{\"token\":\"abc")).isEqualTo("{\"token\":\"***\"");
        assertThat(Redaction.ofJson("{\"token\":\"abc\\")).isEqualTo("{\"token\":\"***\"");
        assertThat(Redaction.ofJson("{\"token\":[{\"a\":\"b")).isEqualTo("{\"token\":[{\"a\":\"***\"");
        assertThat(Redaction.ofJson("\"token")).isEqualTo("\"token");
    }

    @Test
    void lengthAndDepthTakeNoStack() {
        int million = 1_000_000;
        for (String piece :
                new String[] {"a", "\\\"", "\\u0041", "\"", "\\", "[", "{\"token\":", "\"auth", "Basic ", " "}) {
            String text = piece.repeat(million / piece.length());
            assertThat(Redaction.ofJson("{\"access_token\":\"" + text + "\",\"x\":\"hidden"))
                    .as(piece)
                    .startsWith("{\"access_token\":\"***\"");
            assertThat(Redaction.ofJson(text)).as(piece).isNotNull();
            assertThat(Redaction.ofServerText(text)).as(piece).hasSizeLessThan(510);
        }
    }

    @Test
    void nothingActsOnTheTerminal() {
        assertThat(Redaction.ofJson("{\"a\":\"\u001b[2J\u009b\u202e\",\r\n\"b\":1}"))
                .isEqualTo("{\"a\":\"\\u001b[2J\\u009b\\u202e\", \"b\":1}");
    }
}
