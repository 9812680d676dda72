package io.tandem.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "[1,2.5e3,-0,true,null,\"ü\\u00e9\"]", " \n\"text\"\t", "0", "{\"a\":{\"a\":1}}", "null"})
    void documentHasNoFault(String json) {
        assertThat(Json.fault(json.getBytes(StandardCharsets.UTF_8))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "{\"a\":1",
                "{\"a\":1}}",
                "{} {}",
                "{'a':1}",
                "{a:1}",
                "[1,]",
                "01",
                "+1",
                ".5",
                "1.",
                "tru",
                "NaN",
                "\"open",
                "\"ctrl\u0001\"",
                "\"bad \\x escape\"",
                "// comment\n1",
                "\u00a01"
            })
    void anythingElseHasOne(String json) {
        assertThat(Json.fault(json.getBytes(StandardCharsets.UTF_8))).isNotBlank();
    }

    @Test
    void faultTellsThePlaceAndNothingOfTheContent() {
        byte[] json = "{\n \"secret\": \"hunter2\",\n \"x\" 1}".getBytes(StandardCharsets.UTF_8);

        assertThat(Json.fault(json))
                .startsWith("syntax error at line 3, column")
                .doesNotContain("secret", "hunter2");
    }

    @Test
    void invalidUtf8IsAFault() {
        assertThat(Json.fault(new byte[] {'"', (byte) 0xC3, (byte) 0x28, '"'})).isNotBlank();
        assertThat(Json.fault(new byte[] {'"', (byte) 0xFF, '"'})).isNotBlank();
    }

    @Test
    void deepNestingIsAFault() {
        String deep = "[".repeat(501) + "]".repeat(501);

        assertThat(Json.fault(deep.getBytes(StandardCharsets.UTF_8))).startsWith("nested too deeply");
    }
}
