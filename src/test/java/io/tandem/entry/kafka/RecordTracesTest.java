package io.tandem.entry.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.tandem.support.Kafka;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import io.tandem.support.TraceCollector;
import io.tandem.support.TraceCollector.Seen;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a collector gets to see of records, against what is in the topics. */
class RecordTracesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PRODUCERS = "00f067aa0ba902b7";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + PRODUCERS + "-01";

    private static Kafka kafka;
    private static StubTargets targets;

    private final TraceCollector collector = new TraceCollector();
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
        topic = kafka.topic("in", 1);
        replies = kafka.topic("replies", 1);
        dead = kafka.topic("dead", 1);
    }

    @AfterEach
    void close() {
        tandem.close();
        collector.close();
    }

    private void run(String sample, String... more) {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.tracing.sample", sample);
        settings.put("tandem.otlp.url", collector.url());
        settings.put("tandem.kafka.brokers", kafka.bootstrap());
        settings.put("tandem.kafka.topics", topic);
        settings.put("tandem.kafka.group", topic);
        settings.put("tandem.kafka.reply-topic", replies);
        settings.put("tandem.kafka.dead-letter-topic", dead);
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        tandem = RunningTandem.start(settings);
    }

    private Seen span(String name) {
        return await().until(
                        () -> collector.spans().stream()
                                .filter(span -> span.name().equals(name))
                                .findFirst()
                                .orElse(null),
                        found -> found != null);
    }

    /** In the trace of {@code written}, and known by the header that whoever reads the record finds. */
    private static void assertSent(Seen sent, ConsumerRecord<byte[], byte[]> written, String parent) {
        assertThat(sent.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_PRODUCER);
        assertThat(sent.parent()).isEqualTo(parent);
        assertThat(Kafka.header(written, "traceparent")).isEqualTo("00-" + sent.traceId() + "-" + sent.id() + "-01");
        assertThat(written.headers().headers("traceparent")).hasSize(1);
        assertThat(sent.tags())
                .containsEntry("messaging.system", "kafka")
                .containsEntry("messaging.operation.type", "send")
                .containsEntry("messaging.destination.name", written.topic())
                .containsEntry("messaging.destination.partition.id", String.valueOf(written.partition()))
                .containsEntry("messaging.kafka.offset", String.valueOf(written.offset()));
    }

    @Test
    void traceGoesFromTheRecordThroughTheTargetsToTheReply() {
        run("0.000001");
        kafka.send(topic, "k", "{\"order\":1}", "traceparent", TRACEPARENT);

        ConsumerRecord<byte[], byte[]> reply = kafka.records(replies, 1).get(0);
        Seen record = span("process " + topic);
        assertThat(record.traceId()).isEqualTo(TRACE);
        assertThat(record.parent()).isEqualTo(PRODUCERS);
        assertThat(record.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_CONSUMER);
        assertThat(record.span().getLinksList())
                .extracting(link -> HexFormat.of().formatHex(link.getSpanId().toByteArray()))
                .containsExactly(PRODUCERS);
        assertThat(record.tags())
                .containsEntry("messaging.system", "kafka")
                .containsEntry("messaging.operation.type", "process")
                .containsEntry("messaging.destination.name", topic)
                .containsEntry("messaging.consumer.group.name", topic)
                .containsEntry("messaging.destination.partition.id", "0")
                .containsEntry("messaging.kafka.offset", "0")
                .containsEntry("tandem.message.id", Kafka.header(reply, "Tandem-Message-Id"))
                .containsEntry("tandem.outcome", "accepted");
        for (String target : List.of("api-one", "api-two")) {
            Seen attempt = span("POST " + target);
            assertThat(attempt.traceId()).isEqualTo(TRACE);
            assertThat(targets.received(target)
                            .get(targets.received(target).size() - 1)
                            .getHeader("traceparent"))
                    .isEqualTo("00-" + TRACE + "-" + attempt.id() + "-01");
        }
        assertSent(span("send " + replies), reply, record.id());
        assertThat(collector.spans()).as("nothing was delivered again").noneMatch(span -> span.name()
                .equals("redeliver"));
    }

    @Test
    void deadLetterIsInTheTraceOfTheRecordThatIsNoMessage() {
        run("1");
        kafka.send(topic, "k", "{\"order\":", "traceparent", TRACEPARENT);

        ConsumerRecord<byte[], byte[]> letter = kafka.records(dead, 1).get(0);
        Seen record = span("process " + topic);
        assertThat(record.traceId()).isEqualTo(TRACE);
        assertThat(record.failed()).isTrue();
        assertSent(span("send " + dead), letter, record.id());
    }

    @Test
    void traceOfACallerGoesThroughTheTopicWhenThatIsTheIntake() {
        run("1", "tandem.intake", "kafka");
        await().untilAsserted(
                        () -> assertThat(tandem.postJson("{}", "Prefer", "respond-async", "traceparent", TRACEPARENT)
                                        .statusCode())
                                .isEqualTo(202));

        Seen call = span("message http");
        Seen sent = span("send " + topic);
        Seen record = span("process " + topic);
        assertThat(call.parent()).isEqualTo(PRODUCERS);
        assertThat(sent.parent()).isEqualTo(call.id());
        assertThat(record.parent()).isEqualTo(sent.id());
        assertThat(List.of(call.traceId(), sent.traceId(), record.traceId())).containsOnly(TRACE);
        assertThat(span("POST api-one").traceId()).isEqualTo(TRACE);
    }

    @Test
    void traceIsPassedOnAndNothingIsSentToTheCollectorWhenItIsNotRecorded() {
        run("1");
        kafka.send(topic, "k", "{\"order\":1}", "traceparent", TRACEPARENT.replaceAll("01$", "00"));

        ConsumerRecord<byte[], byte[]> reply = kafka.records(replies, 1).get(0);
        assertThat(Kafka.header(reply, "traceparent"))
                .startsWith("00-" + TRACE + "-")
                .endsWith("-00");
        kafka.send(topic, "k", "{\"order\":2}");
        span("send " + replies);
        assertThat(collector.spans()).noneMatch(span -> span.traceId().equals(TRACE));
    }
}
