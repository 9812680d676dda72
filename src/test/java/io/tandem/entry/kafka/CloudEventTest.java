package io.tandem.entry.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tandem.message.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloudEventTest {
    private static final String START = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",";

    private static CloudEvent structured(String json) {
        return Objects.requireNonNull(CloudEvent.in(
                new RecordHeaders(), "application/cloudevents+json", json.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0000',
            textBlock =
                    """
            "data":{"a":[1.10,"ä"]}} | application/json | {"a":[1.10,"ä"]}
            "data": 1e3 ,"x":2} | application/json | 1e3
            "data":"text"} | application/json | "text"
            "data":"a\\u00e4","datacontenttype":"text/plain"} | text/plain | aä
            "datacontenttype":"text/xml","data_base64":"PGEvPg=="} | text/xml | <a/>
            "data":null} | application/json | null
            "data":[true, false],"y":{"z":1}} | application/json | [true, false]
            """)
    void dataIsAsItStandsThereWhenTheEventIsStructured(String rest, String contentType, String data) {
        CloudEvent event = structured(START + rest);

        assertThat(new String(event.data(), StandardCharsets.UTF_8)).isEqualTo(data);
        assertThat(event.contentType()).isEqualTo(contentType);
        assertThat(event.attributes()).containsEntry("type", "t").doesNotContainKeys("data", "datacontenttype");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0000',
            textBlock =
                    """
            [] | no JSON object
            {"specversion":"1.0","id":"1","source":"/s","data":1} | no 'type'
            {"specversion":"0.3","id":"1","source":"/s","type":"t","data":1} | CloudEvents 1.0
            {"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"*"} | can't be read
            {"id":"1" | not JSON
            """)
    void reasonIsToldWhenItIsNoEvent(String json, String reason) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> structured(json))
                .satisfies(e -> assertThat(e.problem().detail()).contains(reason));
    }

    @Test
    void attributeFitsHttpWhenItHasLettersThatDoNot() {
        CloudEvent event = structured(START + "\"subject\":\"50% \\u00dc\\n\\\"\",\"data\":1}");

        assertThat(event.httpValue("subject")).isEqualTo("50%25%20%C3%9C%0A%22");
        assertThat(event.httpValue("none")).isNull();
    }

    @Test
    void recordIsNoEventWhenNothingSaysSo() {
        assertThat(CloudEvent.in(new RecordHeaders(), "application/json", new byte[] {1}))
                .isNull();
    }

    @Test
    void batchIsRefusedWhenItComes() {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(
                        () -> CloudEvent.in(new RecordHeaders(), "application/cloudevents-batch+json", new byte[] {1}));
    }
}
