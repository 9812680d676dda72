package io.tandem.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.proof.Busy;
import io.tandem.proof.ClosedLoad;
import io.tandem.proof.Instance;
import io.tandem.proof.LoadTarget;
import io.tandem.proof.Processors;
import io.tandem.proof.Report;
import io.tandem.support.Kafka;
import io.tandem.support.Postgres;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a message costs, by the way it comes and where it is written down: the figures that {@link Capacity} reckons with.
 * {@code mvn verify -Pscaling -Dit.test=CostIT [-Dtandem.jdk=FOLDER]}. Tandem has one processor to itself, its callers,
 * targets, database and broker share another one: so rates are those of what is slower of both, and processor times tell
 * more.
 */
@Tag("scaling")
class CostIT {
    private static final int CALLERS = 64;
    private static final int TOOK_MS = 5;
    private static final int MOST = 2_000_000;
    private static final Duration WARM_UP = Duration.ofSeconds(12);
    private static final Duration SPAN = Duration.ofSeconds(8);
    private static final int RECORDS = 20_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<String> OPTIONS = List.of("-Xmx512m");

    private static final String KEY = "Idempotency-Key: \"%d\"\r\n";
    private static final String ASYNC = "Prefer: respond-async\r\n";

    private static final String HEADER = String.format(
            "%-34s %10s %11s %7s %7s | CPU ms a message: %7s %9s %7s",
            "way", "answered/s", "delivered/s", "p50 ms", "p99 ms", "Tandem", "database", "broker");

    @TempDir
    private Path folder;

    private final double loadAtStart = Busy.load();
    private final Processors processors = Processors.divide();
    private final List<String> rows = new ArrayList<>();

    /** What is asked for processor time. */
    private interface Clock {
        Duration cpu() throws IOException;
    }

    private static final Clock NONE = () -> Duration.ZERO;

    /** What runs beside Tandem. */
    private record Neighbours(Clock database, Clock broker) {}

    @Test
    void httpAndTheEmbeddedJournal() throws Exception {
        Neighbours none = new Neighbours(NONE, NONE);
        measureHttp("HTTP", Map.of(), "", none);
        measureHttp("HTTP with key, SQLite", Map.of(), KEY, none);
        measureHttp("HTTP async, SQLite", Map.of(), ASYNC, none);
    }

    @Test
    void httpAndPostgres() throws Exception {
        try (Postgres postgres = Postgres.start()) {
            Neighbours database = new Neighbours(postgres::cpu, NONE);
            measureHttp("HTTP with key, PostgreSQL", journal(postgres), KEY, database);
            measureHttp("HTTP async, PostgreSQL", journal(postgres), ASYNC, database);
        }
    }

    @Test
    void kafka() throws Exception {
        try (Kafka kafka = Kafka.start(Map.of(), List.of());
                Postgres postgres = Postgres.start()) {
            Neighbours both = new Neighbours(postgres::cpu, kafka::cpu);
            measureRecords("Kafka, 1 partition, SQLite", Map.of(), kafka, 1, both);
            measureRecords("Kafka, 1 partition, PostgreSQL", journal(postgres), kafka, 1, both);
            measureRecords("Kafka, 3 partitions, PostgreSQL", journal(postgres), kafka, 3, both);
        }
    }

    @Test
    void httpThroughKafka() throws Exception {
        try (Kafka kafka = Kafka.start(Map.of(), List.of());
                Postgres postgres = Postgres.start()) {
            Neighbours both = new Neighbours(postgres::cpu, kafka::cpu);
            Map<String, String> intake = new HashMap<>(journal(postgres));
            intake.putAll(topic(kafka, kafka.topic("intake", 3)));
            intake.put("tandem.intake", "kafka");
            measureHttp("HTTP to Kafka, 3 p., PostgreSQL", intake, ASYNC, both);
        }
    }

    @AfterEach
    void report() throws IOException {
        processors.close();
        Report.add(
                "scaling.txt",
                String.format(
                        Locale.ROOT,
                        "Java %s, %s, load at start %.1f, %d callers, targets %d ms%n%s",
                        Instance.javaVersion(),
                        processors,
                        loadAtStart,
                        CALLERS,
                        TOOK_MS,
                        HEADER),
                rows.toArray(String[]::new));
    }

    private static Map<String, String> journal(Postgres postgres) {
        return Map.of("tandem.journal.url", postgres.newDatabase(), "tandem.journal.user", Postgres.user());
    }

    private static Map<String, String> topic(Kafka kafka, String topic) {
        return Map.of("tandem.kafka.brokers", kafka.bootstrap(), "tandem.kafka.topics", topic);
    }

    private void measureHttp(String way, Map<String, String> settings, String headers, Neighbours neighbours)
            throws Exception {
        run(way, settings, (tandem, bench) -> {
            ClosedLoad.Result warmUp = bench.call(tandem, headers, 0, WARM_UP);
            bench.await(warmUp.end());
            Used before = Used.of(tandem, neighbours);
            long start = System.nanoTime();
            ClosedLoad.Result result = bench.call(tandem, headers, warmUp.end(), SPAN);
            bench.await(result.end());
            double seconds = (System.nanoTime() - start) / 1e9;
            int messages = result.end() - warmUp.end();
            assertThat(result.answers()).hasSize(1).containsAnyOf(Map.entry(200, messages), Map.entry(202, messages));
            rows.add(Used.of(tandem, neighbours)
                    .row(
                            way,
                            before,
                            messages,
                            new Rates(
                                    result.perSecond(), messages / seconds, result.millis(0.5), result.millis(0.99))));
        });
    }

    private void measureRecords(
            String way, Map<String, String> journal, Kafka kafka, int partitions, Neighbours neighbours)
            throws Exception {
        String topic = kafka.topic("orders", partitions);
        Map<String, String> settings = new HashMap<>(journal);
        settings.putAll(topic(kafka, topic));
        run(way, settings, (tandem, bench) -> {
            write(kafka, topic, 0);
            bench.await(RECORDS);
            awaitCommitted(kafka, topic, RECORDS);
            Used before = Used.of(tandem, neighbours);
            long start = System.nanoTime();
            write(kafka, topic, RECORDS);
            awaitCommitted(kafka, topic, 2 * RECORDS);
            double taken = (System.nanoTime() - start) / 1e9;
            bench.await(2 * RECORDS);
            double delivered = (System.nanoTime() - start) / 1e9;
            rows.add(Used.of(tandem, neighbours)
                    .row(
                            way,
                            before,
                            RECORDS,
                            new Rates(RECORDS / taken, RECORDS / delivered, Double.NaN, Double.NaN)));
        });
    }

    private static void write(Kafka kafka, String topic, int from) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = from; i < from + RECORDS; i++) {
                producer.send(new ProducerRecord<>(topic, bytes("key-" + i), bytes(LoadTarget.body(i))));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void awaitCommitted(Kafka kafka, String topic, long records) {
        Awaitility.await("all records to be taken")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> kafka.committed("tandem").entrySet().stream()
                                .filter(entry -> entry.getKey().topic().equals(topic))
                                .mapToLong(entry -> entry.getValue().offset())
                                .sum()
                        == records);
    }

    private interface Measurement {
        void with(Instance tandem, Bench bench) throws Exception;
    }

    private record Bench(Vertx callers, LoadTarget one, LoadTarget two) {
        ClosedLoad.Result call(Instance tandem, String headers, int first, Duration span) {
            return ClosedLoad.run(callers, tandem.port(), headers, CALLERS, first, MOST, span);
        }

        void await(int messages) {
            Awaitility.await("all deliveries")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> one.distinct() == messages && two.distinct() == messages);
        }
    }

    private void run(String way, Map<String, String> more, Measurement measurement) throws Exception {
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (LoadTarget one = new LoadTarget(servers, "api-one", MOST, TOOK_MS);
                LoadTarget two = new LoadTarget(servers, "api-two", MOST, TOOK_MS)) {
            Map<String, String> settings = new HashMap<>(more);
            for (LoadTarget target : List.of(one, two)) {
                settings.put("target." + target.name() + ".url", target.url());
                settings.put("target." + target.name() + ".auth", "none");
            }
            settings.put("tandem.inbox.enabled", "false");
            settings.put("tandem.access-log", "off");
            try (Instance tandem =
                    processors.give(new Instance(folder.resolve(way.replaceAll("\\W+", "-")), OPTIONS, settings))) {
                tandem.start();
                measurement.with(tandem, new Bench(callers, one, two));
            }
        } finally {
            callers.close();
            servers.close();
        }
    }

    /**
     * How fast it went.
     *
     * @param answered a second; of records: taken
     * @param delivered a second, to the last of them at both targets
     */
    private record Rates(double answered, double delivered, double p50, double p99) {}

    /** Processor times up to a moment. */
    private record Used(Duration tandem, Duration database, Duration broker) {
        static Used of(Instance instance, Neighbours neighbours) throws IOException {
            return new Used(
                    instance.cpu(),
                    neighbours.database().cpu(),
                    neighbours.broker().cpu());
        }

        String row(String way, Used before, int messages, Rates rates) {
            return String.format(
                    Locale.ROOT,
                    "%-34s %10.0f %11.0f %7.1f %7.1f |                   %7.3f %9.3f %7.3f",
                    way,
                    rates.answered(),
                    rates.delivered(),
                    rates.p50(),
                    rates.p99(),
                    millis(tandem.minus(before.tandem()), messages),
                    millis(database.minus(before.database()), messages),
                    millis(broker.minus(before.broker()), messages));
        }

        private static double millis(Duration used, int messages) {
            return used.toNanos() / 1e6 / messages;
        }
    }
}
