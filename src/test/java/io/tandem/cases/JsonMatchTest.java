package io.tandem.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonMatchTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1,\"b\":2} | {\"b\":2.0}",
                "{\"a\":[{\"x\":1,\"y\":2}]} | {\"a\":[{\"x\":1}]}",
                "{\"a\":1} | {\"a\":\"@number\",\"b\":\"@absent\"}",
                "{\"a\":null} | {\"a\":\"@any\"}",
                "{\"id\":\"01JD8X4Q6T3K5M7N9P0R2S4V6W\"} | {\"id\":\"@ulid\"}",
                "{\"id\":\"9f1b1c1e-7b0a-4f7e-9c55-0d6f1f7f8a10\"} | {\"id\":\"@uuid\"}",
                "{\"at\":\"2026-11-23T16:02:17.125Z\"} | {\"at\":\"@time\"}",
                "{\"n\":\"A-17\"} | {\"n\":\"@regex:[A-Z]-\\\\d+\"}",
                "{\"n\":17} | {\"n\":\"@regex:1.\"}",
                "{\"n\":\"@any\"} | {\"n\":\"@@any\"}",
            })
    void fitsWhenAllThatIsExpectedIsThere(String actual, String expected) throws JsonProcessingException {
        assertThat(subset(actual, expected)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":{\"b\":1}} | {\"a\":{\"b\":2}} | /a/b",
                "{\"a\":1} | {\"b\":\"@any\"} | /b",
                "{\"a\":1} | {\"a\":\"@absent\"} | /a",
                "{\"a\":[1,2]} | {\"a\":[1]} | /a",
                "{\"a\":\"1\"} | {\"a\":1} | /a",
                "{\"a\":\"yesterday\"} | {\"a\":\"@time\"} | /a",
                "{\"a\":-1} | {\"a\":\"@millis\"} | /a",
                "{\"a\":\"xA-1\"} | {\"a\":\"@regex:A-1\"} | /a",
            })
    void placeIsToldWhenItDiffers(String actual, String expected, String where) throws JsonProcessingException {
        assertThat(subset(actual, expected)).extracting(Difference::where).containsExactly(where);
    }

    @Test
    void exactAllowsNothingElseAndNoOtherOrder() throws JsonProcessingException {
        assertThat(exact("{\"a\":1,\"b\":2}", "{\"a\":1}"))
                .extracting(Difference::where)
                .containsExactly("/b");
        assertThat(exact("{\"b\":2,\"a\":1}", "{\"a\":1,\"b\":2}")).hasSize(1);
        assertThat(exact("{\"a\":1,\"b\":{\"c\":3}}", "{\"a\":1,\"b\":{\"c\":3}}"))
                .isEmpty();
    }

    private static List<Difference> subset(String actual, String expected) throws JsonProcessingException {
        return JsonMatch.compare("", JSON.readTree(actual), JSON.readTree(expected), JsonMatch.Mode.SUBSET);
    }

    private static List<Difference> exact(String actual, String expected) throws JsonProcessingException {
        return JsonMatch.compare("", JSON.readTree(actual), JSON.readTree(expected), JsonMatch.Mode.EXACT);
    }
}
