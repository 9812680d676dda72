package io.tandem.entry.kafka;

import io.tandem.config.Settings;
import io.tandem.kafka.KafkaFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records, many at once, and commits them when all of them are where they can't be lost: on one thread, so that
 * nothing is under way when partitions move to another instance. What can't be put there comes up again, and so does what
 * follows it in its partition.
 */
final class RecordConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(RecordConsumer.class);

    private static final Duration POLL = Duration.ofMillis(200);

    /** For the journal to write what was taken; far below the time after which the group gives an instance up. */
    private static final long WRITE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final Duration COMMIT = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Until what could not be written is tried again. */
    private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Before it is tried again; it doubles, as who shows wrong credentials too often may be locked out. */
    private static final long FIRST_REST_MILLIS = 1000;

    private static final long LONGEST_REST_MILLIS = 30_000;
    private static final long LISTEN_MILLIS = 200;

    /** Puts a record where it can't be lost. */
    interface Taker {
        /**
         * Completes when it is there; exceptionally when it has to come up again.
         *
         * @param sinceNanos {@link System#nanoTime()} when it was read
         */
        CompletionStage<?> take(ConsumerRecord<byte[], byte[]> record, long sinceNanos);

        /** Why no records can be taken now; or null. */
        @Nullable
        String unavailable();
    }

    private final Settings.Kafka settings;
    private final Function<Map<String, ?>, Consumer<byte[], byte[]>> connect;
    private final Taker taker;
    private final Thread thread = new Thread(this::run, "tandem-kafka");
    private final Trouble broker = new Trouble("no records are taken from Kafka");
    private final Trouble intake = new Trouble("records wait at the broker");

    private volatile boolean stopping;
    private volatile boolean connected;
    private volatile Map<String, Long> lag = Map.of();
    private volatile int taking;
    private volatile int held;
    private volatile int underWay;
    private final AtomicLong rebalances = new AtomicLong();

    // for the thread
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
    private long heldUntil = System.nanoTime();
    private long nextLook = System.nanoTime();
    private long connectedAt = System.nanoTime();
    private long restMillis = FIRST_REST_MILLIS;

    private record Taken(ConsumerRecord<byte[], byte[]> record, CompletionStage<?> stage) {
        TopicPartition partition() {
            return new TopicPartition(record.topic(), record.partition());
        }
    }

    /** @param connect makes a consumer of these properties */
    RecordConsumer(Settings.Kafka settings, Function<Map<String, ?>, Consumer<byte[], byte[]>> connect, Taker taker) {
        this.settings = settings;
        this.connect = connect;
        this.taker = taker;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Why no records are taken; or null. */
    @Nullable
    String unavailable() {
        String reason = broker.reason();
        return reason == null ? intake.reason() : reason;
    }

    /** Why the brokers can't be used; or null. */
    @Nullable
    String disconnected() {
        return connected ? null : broker.reason();
    }

    ConsumerState state() {
        if (stopping) {
            return ConsumerState.STOPPED;
        }
        if (!connected) {
            return broker.reason() == null ? ConsumerState.CONNECTING : ConsumerState.DISCONNECTED;
        }
        if (intake.reason() != null) {
            return ConsumerState.HELD;
        }
        return taking + held == 0 ? ConsumerState.WITHOUT_PARTITIONS : ConsumerState.RUNNING;
    }

    /** Records in this instance's partitions that were not taken, by topic; may be some seconds old. */
    Map<String, Long> lag() {
        return lag;
    }

    /** Partitions from which this instance takes records. */
    int taking() {
        return taking;
    }

    /** Partitions of this instance whose records wait at the broker. */
    int held() {
        return held;
    }

    /** Records that were read, and are not committed yet. */
    int underWay() {
        return underWay;
    }

    /** How often the group has shared out its partitions anew. */
    long rebalances() {
        return rebalances.get();
    }

    /** Takes no more, and leaves the group; returns when that is done, or took too long. */
    void stop() {
        stopping = true;
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, settings.offsetReset());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, settings.batch());
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 15_000);
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(CooperativeStickyAssignor.class));
        return properties;
    }

    @SuppressWarnings("IllegalCatch") // whatever happens, records are taken again after a while
    private void run() {
        while (!stopping) {
            Consumer<byte[], byte[]> consumer = null;
            try {
                consumer = connect.apply(properties());
                consumer.subscribe(settings.topics(), new Assigned());
                connectedAt = System.nanoTime();
                while (!stopping) {
                    round(consumer);
                }
            } catch (RuntimeException e) {
                LOG.debug("the consumer has failed", e);
                disconnected(KafkaFaults.explain(e));
            } finally {
                close(consumer);
                uncommitted.clear();
                taking = 0;
                held = 0;
                underWay = 0;
            }
            if (!stopping) {
                rest();
            }
        }
        connected = false;
        lag = Map.of();
    }

    private void rest() {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(restMillis);
        restMillis = Math.min(LONGEST_REST_MILLIS, restMillis * 2);
        try {
            while (!stopping && System.nanoTime() - until < 0) {
                Thread.sleep(LISTEN_MILLIS);
            }
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    private static void close(@Nullable Consumer<byte[], byte[]> consumer) {
        if (consumer == null) {
            return;
        }
        try {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(3)));
        } catch (KafkaException e) {
            // the group finds out by itself
            LOG.debug("the consumer could not leave its group", e);
        }
    }

    private void round(Consumer<byte[], byte[]> consumer) {
        hold(consumer, isHeld());
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        held = consumer.paused().size();
        taking = consumer.assignment().size() - held;
        if (!records.isEmpty()) {
            take(consumer, records);
        }
        if (System.nanoTime() - nextLook >= 0) {
            commit(consumer);
            try {
                look(consumer);
            } catch (org.apache.kafka.common.errors.TimeoutException e) {
                LOG.debug("the brokers could not be asked", e);
            }
            nextLook = System.nanoTime() + LOOK_NANOS;
        }
    }

    private boolean isHeld() {
        String reason = taker.unavailable();
        if (reason != null) {
            intake.is(reason);
            return true;
        }
        if (System.nanoTime() - heldUntil < 0) {
            return true;
        }
        intake.over();
        return false;
    }

    /** Held partitions are polled all the same: that is how the group knows that this instance lives. */
    private static void hold(Consumer<byte[], byte[]> consumer, boolean held) {
        if (held) {
            consumer.pause(consumer.assignment());
        } else if (!consumer.paused().isEmpty()) {
            consumer.resume(consumer.paused());
        }
    }

    private void take(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        long readNanos = System.nanoTime();
        underWay = records.count();
        List<Taken> all = new ArrayList<>(underWay);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            all.add(new Taken(record, taker.take(record, readNanos)));
        }
        long until = System.nanoTime() + WRITE_NANOS;
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>(records.nextOffsets());
        Map<TopicPartition, Long> stuck = new HashMap<>();
        for (Taken taken : all) {
            TopicPartition partition = taken.partition();
            if (!stuck.containsKey(partition) && !isWritten(taken, until)) {
                stuck.put(partition, taken.record().offset());
                next.put(partition, new OffsetAndMetadata(taken.record().offset()));
            }
        }
        if (!stuck.isEmpty()) {
            stuck.forEach(consumer::seek);
            heldUntil = System.nanoTime() + HOLD_NANOS;
        }
        uncommitted.putAll(next);
        commit(consumer);
        underWay = 0;
    }

    private boolean isWritten(Taken taken, long until) {
        try {
            taken.stage().toCompletableFuture().get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            intake.is(KafkaFaults.explain(e));
        } catch (TimeoutException e) {
            intake.is("it takes too long to write them down");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
        return false;
    }

    /**
     * What could not be committed is tried again, even if nothing more comes: to others it would wait for ever. In another
     * instance it comes up again, and is recognised.
     */
    private void commit(Consumer<byte[], byte[]> consumer) {
        if (uncommitted.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(Map.copyOf(uncommitted), COMMIT);
            uncommitted.clear();
        } catch (AuthorizationException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("offsets could not be committed: {}", uncommitted, e);
        }
    }

    private void look(Consumer<byte[], byte[]> consumer) {
        if (!hasConnection(consumer)) {
            // a new one takes a moment
            if (connected || System.nanoTime() - connectedAt > LOOK_NANOS) {
                disconnected("none of the brokers can be reached");
            }
            return;
        }
        for (String topic : settings.topics()) {
            List<PartitionInfo> partitions = consumer.partitionsFor(topic, LOOK);
            if (partitions == null || partitions.isEmpty()) {
                disconnected("there is no topic '%s', or it may not be seen".formatted(topic));
                return;
            }
        }
        connected = true;
        restMillis = FIRST_REST_MILLIS;
        broker.over();
        measure(consumer);
    }

    private void disconnected(String reason) {
        connected = false;
        broker.is(reason);
    }

    private static boolean hasConnection(Consumer<byte[], byte[]> consumer) {
        for (Map.Entry<MetricName, ? extends Metric> metric : consumer.metrics().entrySet()) {
            if (metric.getKey().name().equals("connection-count")
                    && metric.getKey().group().equals("consumer-metrics")
                    && metric.getValue().metricValue() instanceof Number count) {
                return count.doubleValue() > 0;
            }
        }
        return true;
    }

    private void measure(Consumer<byte[], byte[]> consumer) {
        Map<String, Long> byTopic = new TreeMap<>();
        settings.topics().forEach(topic -> byTopic.put(topic, 0L));
        consumer.endOffsets(consumer.assignment(), LOOK)
                .forEach((partition, end) -> byTopic.merge(
                        partition.topic(), Math.max(0, end - consumer.position(partition, LOOK)), Long::sum));
        lag = byTopic;
    }

    private final class Assigned implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            // all that was taken is committed, or comes up again where they go
            uncommitted.keySet().removeAll(partitions);
            LOG.debug("revoked: {}", partitions);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            rebalances.incrementAndGet();
            LOG.debug("assigned: {}", partitions);
        }
    }
}
