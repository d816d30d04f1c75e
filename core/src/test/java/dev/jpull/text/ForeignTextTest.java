// SPDX-License-Identifier: Apache-2.0
package dev.jpull.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForeignTextTest {
    @Test
    void controlAndFormattingCharactersAreShownAsEscapes() {
        String csi = "\u009b";
        assertThat(ForeignText.line("a\u001b[31mb" + csi + "2J")).isEqualTo("a\\u001b[31mb\\u009b2J");
        assertThat(ForeignText.line("x\u202egnp.exe\u200b\u2028y")).isEqualTo("x\\u202egnp.exe\\u200b\\u2028y");
        assertThat(ForeignText.line("\u007f\ud800")).isEqualTo("\\u007f\\ud800");
        assertThat(ForeignText.line(Character.toString(0xE0041))).isEqualTo("\\udb40\\udc41");
    }

    @Test
    void whiteSpaceBecomesOneSpace() {
        assertThat(ForeignText.line(" one\r\n\ttwo  three\n")).isEqualTo("one two three");
    }

    @Test
    void lettersOfAllScriptsStay() {
        assertThat(ForeignText.line("jürgen 日本 😀 שלום")).isEqualTo("jürgen 日本 😀 שלום");
    }

    @Test
    void whatIsTooLongIsCutBetweenCharacters() {
        assertThat(ForeignText.line("abcdef", 6)).isEqualTo("abcdef");
        assertThat(ForeignText.line("abcdefg", 6)).isEqualTo("abcdef…");
        assertThat(ForeignText.line("abc😀", 4)).isEqualTo("abc…");
        assertThat(ForeignText.line("\u001b\u001b", 6)).isEqualTo("\\u001b…");
    }

    @Test
    void aMessageIsOneLineAndKeepsItsBlanks() {
        assertThat(ForeignText.message("a  b\r\nc\u001b[0m\td")).isEqualTo("a  b  c\\u001b[0m d");
        assertThat(ForeignText.lines("a\r\n\tb\rc\u0085\n")).isEqualTo("a\r\n\tb\\u000dc\\u0085\n");
    }
}
