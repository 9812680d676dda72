package io.tandem.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tandem.message.Answer;
import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void objectsAreMergedMemberByMember() {
        JsonNode merged = document(
                "merge", delivered("one", "{\"a\":1,\"o\":{\"x\":1}}"), delivered("two", "{\"b\":2,\"o\":{\"y\":2}}"));

        assertThat(merged.path("body")).isEqualTo(json("{\"a\":1,\"o\":{\"x\":1,\"y\":2},\"b\":2}"));
        assertThat(merged.path("conflicts")).isEmpty();
        assertThat(merged.at("/replies/one/outcome").asText()).isEqualTo("delivered");
        assertThat(merged.at("/replies/one/body").isMissingNode()).isTrue();
    }

    @Test
    void earlierTargetsValueStaysAndTheConflictIsReported() {
        JsonNode merged = document(
                "merge",
                delivered("one", "{\"a\":1,\"o\":{\"x/y\":[1]}}"),
                delivered("two", "{\"a\":2,\"o\":{\"x/y\":[2]},\"n\":1}"),
                delivered("three", "{\"a\":3,\"n\":{\"m\":0}}"));

        assertThat(merged.path("body")).isEqualTo(json("{\"a\":1,\"o\":{\"x/y\":[1]},\"n\":1}"));
        assertThat(merged.path("conflicts"))
                .isEqualTo(json("[{\"pointer\":\"/a\",\"values\":{\"one\":1,\"two\":2,\"three\":3}},"
                        + "{\"pointer\":\"/o/x~1y\",\"values\":{\"one\":[1],\"two\":[2]}},"
                        + "{\"pointer\":\"/n\",\"values\":{\"two\":1,\"three\":{\"m\":0}}}]"));
    }

    @Test
    void mergeIsTheSameWhateverComesFirst() {
        Delivery slow = delivered("one", "{\"a\":1}", Duration.ofSeconds(3));
        Delivery quick = delivered("two", "{\"a\":2}", Duration.ofMillis(3));

        assertThat(document("merge", slow, quick).at("/body/a").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[1]|[1]|[1]|0", "[1]|{}|[1]|1", "'\"text\"'|{\"a\":1}|'\"text\"'|1", "null|null|null|0"})
    void otherThanObjectsAreEqualOrInConflict(String one, String two, String body, int conflicts) {
        JsonNode merged = document("merge", delivered("one", one), delivered("two", two));

        assertThat(merged.path("body")).isEqualTo(json(body));
        assertThat(merged.path("conflicts")).hasSize(conflicts);
        if (conflicts > 0) {
            assertThat(merged.at("/conflicts/0/pointer").asText()).isEmpty();
        }
    }

    @Test
    void whatWasNotDeliveredIsNotMerged() {
        JsonNode merged = document("merge", failed("one", "{\"error\":1}"), delivered("two", "{\"a\":1}"));

        assertThat(merged.path("body")).isEqualTo(json("{\"a\":1}"));
        assertThat(merged.at("/replies/one/problem/type").asText()).isEqualTo("urn:tandem:problem:target-failed");
    }

    @Test
    void bodyIsNullWhenNothingWasDelivered() {
        assertThat(document("merge", failed("one", "{}")).path("body").isNull()).isTrue();
    }

    @Test
    void numbersKeepTheirDigits() {
        String digits = "1234567890.12345678901234567890";

        Delivery one = delivered("one", "{\"n\":" + digits + "}");

        assertThat(new String(reply("merge", one).toJson(), StandardCharsets.UTF_8))
                .contains("\"n\":" + digits);
    }

    @Test
    void fastestBodyAloneIsTheAnswer() {
        Answer answer = Answer.of(reply(
                "first",
                delivered("one", "{\"from\":1}", Duration.ofMillis(9)),
                delivered("two", "{\"from\":2}", Duration.ofMillis(4))));

        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("{\"from\":2}");
        assertThat(answer.contentType()).isEqualTo("application/json");
        assertThat(answer.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/plain|grüß \"dich\"|text/plain; charset=utf-8",
                "application/json|\"a string\"|application/json",
                "text/html|<script>|text/plain; charset=utf-8",
                "image/png|PNG|application/octet-stream"
            })
    void bodyAloneIsWhatTheTargetSentUnderAHarmlessType(String type, String body, String shown) {
        byte[] sent = body.getBytes(StandardCharsets.UTF_8);
        Delivery one =
                new Delivery("one", Outcome.DELIVERED, 200, Duration.ZERO, 1, ReplyBody.of(sent, type), null, null);

        Answer answer = Answer.of(reply("first", one));

        assertThat(answer.body()).isEqualTo(sent);
        assertThat(answer.contentType()).isEqualTo(shown);
    }

    @Test
    void answerIsAProblemWhenThereIsNoFirst() {
        MergedReply reply = new MergedReply(
                "id",
                "first",
                false,
                List.of(failed("one", "{}")),
                Shapes.of("first", List.of()).merge(List.of(failed("one", "{}"))));

        assertThat(Answer.of(reply).status()).isEqualTo(502);
        assertThat(Answer.of(reply).contentType()).isEqualTo(Problem.MEDIA_TYPE);
    }

    @Test
    void comparisonSaysWhatWouldHaveToBeChanged() {
        JsonNode compared = document(
                "compare", delivered("one", "{\"a\":1,\"b\":[1,2]}"), delivered("two", "{\"a\":2,\"b\":[1,2]}"));

        assertThat(compared.path("comparison"))
                .isEqualTo(json("{\"reference\":\"one\",\"equal\":false,\"differences\":"
                        + "{\"two\":[{\"op\":\"replace\",\"path\":\"/a\",\"value\":2}]}}"));
        assertThat(compared.at("/replies/two/body/a").asInt()).isEqualTo(2);
    }

    @Test
    void ignoredPlacesMayDiffer() {
        Shape shape = Shapes.of("compare", List.of("/id", "/items/*/at", "/list/1", "/a~1b"));
        List<Delivery> deliveries = List.of(
                delivered("one", "{\"id\":1,\"items\":[{\"at\":1,\"n\":1},{\"at\":2}],\"list\":[1,2,3],\"a/b\":1}"),
                delivered("two", "{\"id\":2,\"items\":[{\"at\":3,\"n\":1},{\"at\":4}],\"list\":[1,9,3],\"a/b\":2}"));

        JsonNode compared = json(new MergedReply("id", "all", true, deliveries, shape.merge(deliveries)).toJson());

        assertThat(compared.at("/comparison/equal").asBoolean()).isTrue();
        assertThat(compared.at("/comparison/differences/two")).isEmpty();
        assertThat(compared.at("/replies/one/body/id").asInt()).isEqualTo(1);
    }

    @Test
    void whatIsMissingIsNotEqual() {
        JsonNode compared = document("compare", delivered("one", "{}"), failed("two", "{}"));

        assertThat(compared.at("/comparison/equal").asBoolean()).isFalse();
        assertThat(compared.at("/comparison/differences/two").isNull()).isTrue();
    }

    @Test
    void unknownShapeIsRefused() {
        assertThatThrownBy(() -> Shapes.of("zip", List.of())).hasMessageContaining("zip");
    }

    private static MergedReply reply(String shape, Delivery... deliveries) {
        List<Delivery> all = Arrays.asList(deliveries);
        return new MergedReply(
                "id", "best-effort", true, all, Shapes.of(shape, List.of()).merge(all));
    }

    private static JsonNode document(String shape, Delivery... deliveries) {
        return json(reply(shape, deliveries).toJson());
    }

    private static Delivery delivered(String target, String json) {
        return delivered(target, json, Duration.ofMillis(5));
    }

    private static Delivery delivered(String target, String json, Duration took) {
        return new Delivery(target, Outcome.DELIVERED, 200, took, 1, body(json), null, null);
    }

    private static Delivery failed(String target, String json) {
        return new Delivery(
                target,
                Outcome.FAILED,
                500,
                Duration.ZERO,
                1,
                body(json),
                Problem.of(ProblemType.TARGET_FAILED, null),
                null);
    }

    private static ReplyBody body(@Nullable String json) {
        return ReplyBody.of(String.valueOf(json).getBytes(StandardCharsets.UTF_8), "application/json");
    }

    private static JsonNode json(byte[] json) {
        return json(new String(json, StandardCharsets.UTF_8));
    }

    private static JsonNode json(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
