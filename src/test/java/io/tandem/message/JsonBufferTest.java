package io.tandem.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBufferTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"", "plain", "\"quoted\" \\ / \b\f\n\r\t", "\u0000\u001f\u007f", "grüße €", "😀 𝄞", "\u2028"})
    void stringReadsBackAsItWas(String text) throws IOException {
        byte[] json = new JsonBuffer(0).string(text).toByteArray();

        assertThat(new ObjectMapper().readValue(json, String.class)).isEqualTo(text);
        assertThat(Json.fault(json)).isNull();
    }

    @Test
    void loneSurrogateBecomesTheReplacementCharacter() throws IOException {
        byte[] json = new JsonBuffer(0).string("a\ud83d b\ude00").toByteArray();

        assertThat(new ObjectMapper().readValue(json, String.class)).isEqualTo("a\ufffd b\ufffd");
    }

    @Test
    void bufferGrows() {
        String text = "x".repeat(100_000);

        assertThat(new JsonBuffer(1)
                        .raw('[')
                        .string(text)
                        .comma()
                        .number(-7)
                        .comma()
                        .bool(true)
                        .raw("]")
                        .toString())
                .isEqualTo("[\"" + text + "\",-7,true]");
    }

    @Test
    void splicedBytesStayAsTheyAre() {
        byte[] spliced = "{\"ü\": 1.50}".getBytes(StandardCharsets.UTF_8);

        assertThat(new JsonBuffer(4).raw('[').raw(spliced).raw(']').toString()).isEqualTo("[{\"ü\": 1.50}]");
    }
}
