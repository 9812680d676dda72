package io.tandem.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':1,'a':2} | a member is given twice at line 1, column",
                "{'a':{'b':1,'c':2,'b':3}} | a member is given twice",
                "[{'a':1,'\\u0061':2}] | a member is given twice",
                "{'a':1e9999999} | a number is too large",
                "{'a':-1.5E+9999999} | a number is too large",
                "1e-9999999 | a number is too large",
            })
    void whatParsersReadInDifferentWaysIsAFault(String json, String fault) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);

        assertThat(Json.fault(bytes)).startsWith(fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e308", "{\"a\":1.5e-300,\"b\":12345678901234567890.12345678901234567890}", "-1E+400"})
    void largeNumberIsNoFault(String json) {
        assertThat(Json.fault(json.getBytes(StandardCharsets.UTF_8))).isNull();
    }

    @Test
    void longNumberIsAFault() {
        assertThat(Json.fault(("[" + "1".repeat(1001) + "]").getBytes(StandardCharsets.UTF_8)))
                .startsWith("a number is too long");
    }

    @Test
    void repliesMayHaveAMemberTwice() {
        assertThat(Json.isDocument("{\"a\":1,\"a\":2}".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
    void otherEncodingsAreAFault(String charset) {
        assertThat(Json.fault("{\"a\":1}".getBytes(Charset.forName(charset)))).startsWith("not UTF-8 at byte ");
    }

    @Test
    void brokenUtf32IsAFaultAndNoFailure() {
        assertThat(Json.fault(new byte[] {0, 0, (byte) 0xFE, (byte) 0xFF, 1, 2, 3, 4}))
                .startsWith("not UTF-8 at byte 1");
    }
}
