// SPDX-License-Identifier: Apache-2.0
package dev.jpull.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents of others: what is in them, and what is refused. */
class JsonValueTest {
    @Test
    void whatIsReadIsWrittenAsItWas() throws JsonException {
        String document =
                "{\"a\":[1,-2,9007199254740993,123456789012345678901234567890,0.10,1E+400,1e99999999999,-1.5E-99999999999,true,false,null],"
                        + "\"b\":{\"c\":\"\\u0000 ü \\\" 😀\",\"\":{}},\"z\":[],\"y\":\"\"}";
        JsonValue value = parse(document);
        assertThat(new String(JsonValue.write(List.of(value.toPlain())), StandardCharsets.UTF_8))
                .isEqualTo("[" + document + "]");
    }

    @Test
    void valuesAreWhatTheySay() throws JsonException {
        JsonValue value =
                parse("{\"size\": 9223372036854775807, \"name\": \"n\", \"none\": null, \"list\": [\"x\", \"y\"]}");
        assertThat(value.require("size").asLong()).isEqualTo(Long.MAX_VALUE);
        assertThat(value.text("name")).isEqualTo("n");
        assertThat(value.has("none")).isFalse();
        assertThat(value.get("none")).isNull();
        assertThat(value.text("other")).isNull();
        assertThat(value.texts("list")).containsExactly("x", "y");
        assertThat(value.members().keySet()).containsExactly("size", "name", "none", "list");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'size': 9223372036854775808} | \"size\" is not a whole number",
                "{'size': 1.0}                 | \"size\" is not a whole number",
                "{'size': 1e3}                 | \"size\" is not a whole number",
                "{'size': 1e99999999999}       | \"size\" is not a whole number",
                "{'size': '1'}                 | \"size\" is not a whole number",
                "{'size': true}                | \"size\" is not a whole number",
                "{}                            | \"size\" is missing",
                "{'size': null}                | \"size\" is missing",
                "[]                            | the document is not an object",
                "null                          | the document is not an object"
            },
            quoteCharacter = '`')
    void whatIsNoSizeIsRefused(String document, String complaint) throws JsonException {
        JsonValue value = parse(document.replace('\'', '"'));
        assertThatExceptionOfType(JsonException.class)
                .isThrownBy(() -> value.require("size").asLong())
                .withMessage(complaint);
    }

    @Test
    void aComplaintSaysWhere() throws JsonException {
        JsonValue layers = parse("{\"layers\": [{}, {\"urls\": [1]}]}").require("layers");
        assertThatExceptionOfType(JsonException.class)
                .isThrownBy(() -> layers.elements().get(1).texts("urls"))
                .withMessage("\"layers[1].urls[0]\" is not a string");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\": 1, \"a\": 2}",
                "{} {}",
                "[1] 2",
                "{\"a\": 1,}",
                "{\"a\" 1}",
                "[1",
                "{\"a\": \"",
                "{a: 1}",
                "[NaN]",
                "[01]",
                "// no comments\n{}",
                "\u0000",
                "{\"a\": \"\t\"}"
            })
    void whatIsNoJsonIsRefused(String document) {
        assertThatExceptionOfType(JsonException.class)
                .isThrownBy(() -> parse(document))
                .withMessageMatching("(?s)not valid JSON: .*\\(line [0-9]+, column [0-9]+\\)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n"})
    void nothingIsNoDocument(String document) {
        assertThatExceptionOfType(JsonException.class)
                .isThrownBy(() -> parse(document))
                .withMessage("the document is empty");
    }

    @Test
    void depthAndDigitsAreBounded() throws JsonException {
        assertThat(parse("[".repeat(32) + "]".repeat(32)).elements()).hasSize(1);
        assertThatExceptionOfType(JsonException.class)
                .isThrownBy(() -> parse("[".repeat(33) + "]".repeat(33)))
                .withMessageContaining("32");
        assertThatExceptionOfType(JsonException.class)
                .isThrownBy(() -> parse("[" + "9".repeat(65) + "]"))
                .withMessageContaining("64");
    }

    @Test
    void whatIsNoJsonIsNotWritten() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> JsonValue.write(Map.of("a", new Object())))
                .withMessage("no JSON for a java.lang.Object");
    }

    private static JsonValue parse(String document) throws JsonException {
        return JsonValue.parse(document.getBytes(StandardCharsets.UTF_8));
    }
}
