package io.tandem.entry.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.tandem.support.Kafka;
import io.tandem.support.Postgres;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real broker, a real Tandem, stub targets. */
class KafkaEntryTest {
    private static Kafka kafka;
    private static StubTargets targets;

    private String topic;
    private String replies;
    private String dead;
    private RunningTandem tandem;

    @BeforeAll
    static void start() {
        kafka = Kafka.shared();
        targets = new StubTargets();
    }

    @AfterAll
    static void stop() {
        targets.close();
    }

    @BeforeEach
    void topics() {
        topic = kafka.topic("in", 2);
        replies = kafka.topic("replies", 1);
        dead = kafka.topic("dead", 1);
    }

    @AfterEach
    void reset() {
        tandem.close();
        targets.answers("api-one", WireMock.okJson("{\"from\":\"one\"}"));
        targets.answers("api-two", WireMock.okJson("{\"from\":\"two\"}"));
        targets.forgetRequests();
    }

    private Map<String, String> settings(String... more) {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.kafka.brokers", kafka.bootstrap());
        settings.put("tandem.kafka.topics", topic);
        settings.put("tandem.kafka.group", topic);
        settings.put("tandem.kafka.reply-topic", replies);
        settings.put("tandem.kafka.dead-letter-topic", dead);
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    /** One that outlives Tandem. */
    private String journal() {
        return "jdbc:sqlite:"
                + Path.of("target", "journals", topic, "tandem.db").toAbsolutePath();
    }

    private void run(Map<String, String> settings) {
        tandem = RunningTandem.start(settings);
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        return RunningTandem.json(new String(record.value(), StandardCharsets.UTF_8));
    }

    @Test
    void bothTargetsGetTheRecordAndTheReplyHasItsKeyAndHeadersWhenARecordComes() {
        run(settings("tandem.kafka.forward-headers", "X-Tenant"));
        kafka.send(topic, "k1", "{\"order\":1}", "correlation-id", "c-7", "X-Tenant", "acme", "secret", "s");

        ConsumerRecord<byte[], byte[]> reply = kafka.records(replies, 1).get(0);
        String id = Kafka.header(reply, "Tandem-Message-Id");
        assertThat(reply.key()).asString(StandardCharsets.UTF_8).isEqualTo("k1");
        assertThat(Kafka.header(reply, "correlation-id")).isEqualTo("c-7");
        assertThat(Kafka.header(reply, "content-type")).isEqualTo("application/json");
        assertThat(Kafka.header(reply, "Tandem-Outcome")).isEqualTo("complete");
        assertThat(Kafka.header(reply, "Tandem-Topic")).isEqualTo(topic);
        assertThat(reply.headers().lastHeader("secret")).isNull();
        assertThat(json(reply).at("/id").asText()).isEqualTo(id);
        assertThat(json(reply).at("/replies/api-one/body/from").asText()).isEqualTo("one");
        assertThat(json(reply).at("/replies/api-two/body/from").asText()).isEqualTo("two");
        for (String target : List.of("api-one", "api-two")) {
            LoggedRequest received = targets.received(target).get(0);
            assertThat(received.getBodyAsString()).isEqualTo("{\"order\":1}");
            assertThat(received.getHeader("Content-Type")).isEqualTo("application/json");
            assertThat(received.getHeader("X-Tenant")).isEqualTo("acme");
            assertThat(received.getHeader("Tandem-Message-Id")).isEqualTo(id);
            assertThat(received.containsHeader("secret")).isFalse();
        }
        JsonNode shown = RunningTandem.json(tandem.get(tandem.uri("/messages/" + id)));
        assertThat(shown.at("/entry").asText()).isEqualTo("kafka");
        assertThat(shown.at("/state").asText()).isEqualTo("complete");
    }

    @Test
    void deadLetterSaysWhyAndThePartitionGoesOnWhenARecordIsNoMessage() {
        run(settings("tandem.kafka.max-record", "1KiB"));
        String[] values = {"{\"order\":", "", "x".repeat(2000), "\u00ac\u00ed\u0000\u0005sr"};
        for (String value : values) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                    topic,
                    0,
                    "k".getBytes(StandardCharsets.UTF_8),
                    value.isEmpty() ? null : value.getBytes(StandardCharsets.ISO_8859_1));
            record.headers().add("any", "thing".getBytes(StandardCharsets.UTF_8));
            kafka.send(record);
        }
        kafka.send(new ProducerRecord<>(topic, 0, null, "{\"order\":2}".getBytes(StandardCharsets.UTF_8)));

        List<ConsumerRecord<byte[], byte[]>> letters = kafka.records(dead, 4);
        assertThat(letters)
                .extracting(letter -> Kafka.header(letter, "Tandem-Detail"))
                .satisfiesExactly(
                        detail -> assertThat(detail).contains("not JSON"),
                        detail -> assertThat(detail).contains("no value"),
                        detail -> assertThat(detail).contains("larger than tandem.kafka.max-record"),
                        detail -> assertThat(detail).contains("serialised Java object"));
        assertThat(letters.get(0).value()).asString(StandardCharsets.UTF_8).isEqualTo(values[0]);
        assertThat(letters).allSatisfy(letter -> {
            assertThat(letter.key()).asString(StandardCharsets.UTF_8).isEqualTo("k");
            assertThat(Kafka.header(letter, "any")).isEqualTo("thing");
            assertThat(Kafka.header(letter, "Tandem-Topic")).isEqualTo(topic);
            assertThat(Kafka.header(letter, "Tandem-Reason")).startsWith("urn:tandem:problem:malformed-");
        });
        assertThat(kafka.records(replies, 1)).hasSize(1);
        await().untilAsserted(() -> assertThat(
                        tandem.get(tandem.managementUri("/observe/metrics")).body())
                .contains("tandem_kafka_dead_letters_total{kind=\"refused\"} 4.0")
                .contains("tandem_kafka_lag{topic=\"" + topic + "\"} 0.0"));
    }

    @Test
    void originalAndReasonAreInTheDeadLetterWhenATargetRejects() {
        targets.answers("api-two", WireMock.badRequest());
        run(settings());
        kafka.send(topic, "k", "{\"order\":3}", "correlation-id", "c-8");

        ConsumerRecord<byte[], byte[]> letter = kafka.records(dead, 1).get(0);
        assertThat(letter.value()).asString(StandardCharsets.UTF_8).isEqualTo("{\"order\":3}");
        assertThat(Kafka.header(letter, "content-type")).isEqualTo("application/json");
        assertThat(Kafka.header(letter, "correlation-id")).isEqualTo("c-8");
        assertThat(Kafka.header(letter, "Tandem-Reason")).isEqualTo("urn:tandem:problem:policy-not-met");
        assertThat(Kafka.header(letter, "Tandem-Detail")).contains("api-two rejected");
        ConsumerRecord<byte[], byte[]> reply = kafka.records(replies, 1).get(0);
        assertThat(Kafka.header(reply, "Tandem-Outcome")).isEqualTo("partial");
        assertThat(json(reply).at("/replies/api-one/body/from").asText()).isEqualTo("one");
        assertThat(json(reply).at("/replies/api-two/outcome").asText()).isEqualTo("rejected");

        // mended and replayed: there is another reply
        targets.answers("api-two", WireMock.okJson("{\"from\":\"two\"}"));
        String id = Kafka.header(reply, "Tandem-Message-Id");
        tandem.send(HttpRequest.newBuilder(tandem.uri("/messages/" + id + "/replay"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
        assertThat(Kafka.header(kafka.records(replies, 2).get(1), "Tandem-Outcome"))
                .isEqualTo("complete");
    }

    @Test
    void replyWaitsForTheTargetWhenItIsDownForAWhile() {
        targets.answers("api-two", WireMock.serverError());
        run(settings("target.api-two.redelivery.max-backoff", "1s"));
        kafka.send(topic, "k", "{\"order\":4}");
        await().until(() -> !targets.received("api-two").isEmpty());
        targets.answers("api-two", WireMock.okJson("{\"from\":\"two\"}"));

        ConsumerRecord<byte[], byte[]> reply = kafka.records(replies, 1).get(0);
        assertThat(Kafka.header(reply, "Tandem-Outcome")).isEqualTo("complete");
        assertThat(json(reply).at("/replies/api-one/body/from").asText()).isEqualTo("one");
        assertThat(targets.received("api-one")).hasSize(1);
    }

    @Test
    void nothingIsDeliveredTwiceWhenRecordsComeUpAgainThatWereJournaledBeforeACrash() {
        Map<String, String> settings = settings("tandem.journal.url", journal());
        run(settings);
        for (int i = 0; i < 20; i++) {
            kafka.send(topic, "k" + i, "{\"order\":" + i + "}");
        }
        kafka.records(replies, 20);
        tandem.close();
        // as if it had died between the journal and the commit
        kafka.rewind(topic, topic, 0, 0);
        kafka.rewind(topic, topic, 1, 0);
        run(settings);
        kafka.send(topic, "k", "{\"order\":20}");

        assertThat(kafka.records(replies, 21)).hasSize(21);
        await().untilAsserted(() -> assertThat(kafka.committed(topic).values().stream()
                        .mapToLong(offset -> offset.offset())
                        .sum())
                .isEqualTo(21));
        assertThat(targets.received("api-one")).hasSize(21);
        assertThat(targets.received("api-two")).hasSize(21);
        assertThat(kafka.records(replies, 21)).hasSize(21);
    }

    @Test
    void eventsAreTakenInBothModesAndOnceWhenTheyComeAgain() {
        run(settings("tandem.kafka.forward-headers", "ce-type,ce-id"));
        String[] binary = {
            "ce_specversion",
            "1.0",
            "ce_id",
            "e-1",
            "ce_source",
            "/shop",
            "ce_type",
            "order.made",
            "content-type",
            "text/plain"
        };
        kafka.send(topic, "k", "tea", binary);
        kafka.send(topic, "k", "tea", binary);
        kafka.send(
                topic,
                "k",
                "{\"specversion\":\"1.0\",\"id\":\"e-2\",\"source\":\"/shop\",\"type\":\"order.made\",\"data\": {\"n\":1.10}}",
                "content-type",
                "application/cloudevents+json; charset=utf-8");
        kafka.send(topic, "k", "coffee", binary);

        assertThat(kafka.records(replies, 2)).hasSize(2);
        assertThat(targets.received("api-one"))
                .extracting(
                        LoggedRequest::getBodyAsString,
                        request -> request.getHeader("Content-Type"),
                        request -> request.getHeader("ce-id"),
                        request -> request.getHeader("ce-type"))
                .containsExactlyInAnyOrder(
                        tuple("tea", "text/plain", "e-1", "order.made"),
                        tuple("{\"n\":1.10}", "application/json", "e-2", "order.made"));
        ConsumerRecord<byte[], byte[]> letter = kafka.records(dead, 1).get(0);
        assertThat(Kafka.header(letter, "Tandem-Reason")).isEqualTo("urn:tandem:problem:idempotency-key-reused");
        assertThat(letter.value()).asString(StandardCharsets.UTF_8).isEqualTo("coffee");
    }

    @Test
    void orderedTargetGetsRecordsInTheirOrderWhenTheyComeAtOnce() {
        run(settings("target.api-one.ordered", "true"));
        for (int i = 0; i < 40; i++) {
            kafka.send(new ProducerRecord<>(topic, 0, null, String.valueOf(i).getBytes(StandardCharsets.UTF_8)));
        }

        assertThat(kafka.records(replies, 40)).hasSize(40);
        assertThat(targets.received("api-one"))
                .extracting(request -> Integer.valueOf(request.getBodyAsString()))
                .isSorted()
                .hasSize(40);
    }

    @Test
    void recordsWaitAtTheBrokerWhenTooManyMessagesWaitForADelivery() {
        targets.answers("api-two", WireMock.serverError());
        run(settings(
                "tandem.kafka.max-pending", "5",
                "tandem.kafka.batch", "5",
                "target.api-two.redelivery.max-backoff", "1s"));
        for (int i = 0; i < 30; i++) {
            kafka.send(topic, "k", "{\"order\":" + i + "}");
        }

        await().untilAsserted(() -> assertThat(health()).contains("tandem.kafka.max-pending=5"));
        await().until(() -> tandem.metric("tandem_kafka_partitions{state=\"held\"}") == 2);
        int taken = targets.received("api-one").size();
        assertThat(taken).isBetween(5, 20);
        await().untilAsserted(() -> assertThat(health()).contains("\"lag " + topic + "\":\"" + (30 - taken) + "\""));
        targets.answers("api-two", WireMock.okJson("{}"));
        assertThat(kafka.records(replies, 30)).hasSize(30);
        assertThat(targets.received("api-one")).hasSize(30);
        await().untilAsserted(() -> assertThat(health()).doesNotContain("max-pending"));
    }

    private String health() {
        return tandem.get(tandem.managementUri("/observe/health")).body();
    }

    @Test
    @Timeout(60)
    void partitionsMoveWithoutLossOrRepetitionWhenAnotherInstanceComesAndGoes() {
        // what one of them has not done when it goes, the other does
        Map<String, String> settings =
                settings("tandem.journal.url", Postgres.shared().newDatabase(), "tandem.journal.user", Postgres.user());
        run(settings);
        int sent = send(0, 20);
        try (RunningTandem other = RunningTandem.start(settings)) {
            while (!(other.metric("tandem_messages_seconds_count{entry=\"kafka\",outcome=\"accepted\"}") > 0)) {
                sent = send(sent, 5);
            }
            sent = send(sent, 20);
        }
        sent = send(sent, 20);
        assertThat(tandem.metric("tandem_kafka_rebalances_total")).isGreaterThan(1);
        await().until(() -> tandem.metric("tandem_kafka_partitions{state=\"taking\"}") == 2);

        assertThat(kafka.records(replies, sent)).hasSize(sent);
        assertThat(targets.received("api-one")).hasSize(sent);
        assertThat(targets.received("api-two")).hasSize(sent);
    }

    private int send(int from, int count) {
        for (int i = from; i < from + count; i++) {
            kafka.send(topic, "k" + i, "{\"order\":" + i + "}");
        }
        return from + count;
    }

    @Test
    void messageIsAcceptedByTheBrokerAndShownWhenItIsTheIntake() {
        Map<String, String> settings = settings(
                "tandem.intake", "kafka",
                "tandem.http.forward-headers", "X-Tenant",
                "tandem.journal.url", journal());
        run(settings);
        HttpResponse<String> accepted = tandem.postJson("{\"order\":7}", "Prefer", "respond-async", "X-Tenant", "acme");
        assertThat(accepted.statusCode()).isEqualTo(202);
        String location = accepted.headers().firstValue("Location").orElseThrow();

        // at no moment is it unknown
        await().until(() -> {
            HttpResponse<String> shown = tandem.get(tandem.uri(location));
            assertThat(shown.statusCode()).as(shown.body()).isEqualTo(200);
            assertThat(RunningTandem.json(shown).at("/entry").asText()).isEqualTo("http");
            return RunningTandem.json(shown).at("/state").asText().equals("complete");
        });
        LoggedRequest received = targets.received("api-one").get(0);
        assertThat(received.getBodyAsString()).isEqualTo("{\"order\":7}");
        assertThat(received.getHeader("X-Tenant")).isEqualTo("acme");
        assertThat(location).endsWith(received.getHeader("Tandem-Message-Id"));
        assertThat(tandem.metric("tandem_messages_seconds_count{entry=\"http\",outcome=\"accepted\"}"))
                .as("counted where its caller was told")
                .isEqualTo(1);
        // it comes up again, as after a crash
        String id = received.getHeader("Tandem-Message-Id");
        RecordIds.Place place = Objects.requireNonNull(RecordIds.in(topic, id));
        tandem.close();
        kafka.rewind(topic, topic, place.partition(), 0);
        run(settings);
        await().until(() -> tandem.metric("tandem_messages_waited_seconds_count{entry=\"kafka\"}") > 0);
        assertThat(targets.received("api-one")).hasSize(1);
        // those who wait, or bring a key, have nothing to do with it
        assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
        assertThat(tandem.postJson("{}", "Idempotency-Key", "k1", "Prefer", "respond-async")
                        .statusCode())
                .isEqualTo(202);
        assertThat(tandem.get(tandem.uri("/messages/" + RecordIds.of(topic, new RecordIds.Place(0, 99, 1))))
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void messageIsPendingWhenItIsInTheTopicAndNobodyHasTakenIt() {
        // a journal that takes nothing
        run(settings("tandem.intake", "kafka", "tandem.journal.max-pending", "1"));
        targets.answers("api-two", WireMock.serverError());
        assertThat(tandem.postJson("{}", "Prefer", "respond-async", "Idempotency-Key", "k")
                        .statusCode())
                .isEqualTo(202);
        await().untilAsserted(() -> assertThat(health()).contains("tandem.journal.max-pending=1"));

        HttpResponse<String> accepted = tandem.postJson("{\"order\":8}", "Prefer", "respond-async");

        assertThat(accepted.statusCode()).isEqualTo(202);
        HttpResponse<String> shown =
                tandem.get(tandem.uri(accepted.headers().firstValue("Location").orElseThrow()));
        assertThat(RunningTandem.json(shown)).isEqualTo(RunningTandem.json(accepted));
        assertThat(RunningTandem.json(shown).at("/state").asText()).isEqualTo("pending");
        assertThat(RunningTandem.json(shown).at("/size").asInt()).isEqualTo(11);
    }
}
