package io.tandem.crash;

import io.tandem.proof.Bodies;
import io.tandem.support.Kafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who writes records at a steady rate, and goes on with each until the broker has it; and the broker, which is
 * killed and comes back. Judges replies, dead letters and lag in the end.
 */
final class RecordFeed implements CrashRun.Feed, CrashRun.Victim {
    private static final String GROUP = "tandem";

    private final Kafka kafka;
    private final int perSecond;
    private final Duration atLeast;
    private final String topic;
    private final String replies;
    private final String dead;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Set<String> written = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final long start = System.nanoTime();
    private @Nullable Thread thread;
    private volatile boolean over;

    /** @param atLeast how long the run lasts */
    RecordFeed(Kafka kafka, int perSecond, Duration atLeast) {
        this.kafka = kafka;
        this.perSecond = perSecond;
        this.atLeast = atLeast;
        this.topic = kafka.topic("orders", 6);
        this.replies = kafka.topic("orders-replies", 3);
        this.dead = kafka.topic("orders-dead", 1);
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrap(),
                        "acks",
                        "all",
                        "enable.idempotence",
                        "true",
                        "delivery.timeout.ms",
                        Integer.MAX_VALUE,
                        "max.block.ms",
                        Integer.MAX_VALUE,
                        "linger.ms",
                        "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public Map<String, String> settings() {
        return Map.of(
                "tandem.kafka.brokers", kafka.bootstrap(),
                "tandem.kafka.topics", topic,
                "tandem.kafka.group", GROUP,
                "tandem.kafka.reply-topic", replies,
                "tandem.kafka.dead-letter-topic", dead,
                "tandem.intake", "kafka");
    }

    @Override
    public void start(Evidence evidence) {
        Thread started = new Thread(() -> write(evidence), "records");
        started.setDaemon(true);
        started.start();
        thread = started;
    }

    private void write(Evidence evidence) {
        long gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long next = System.nanoTime();
        for (int number = 1; !over; number++) {
            String id = "record-" + number;
            open.incrementAndGet();
            Future<?> unused =
                    producer.send(new ProducerRecord<>(topic, bytes(id), bytes(Bodies.of(id))), (metadata, failure) -> {
                        if (failure == null) {
                            written.add(id);
                            evidence.accepted(id, "offset " + metadata);
                        } else {
                            evidence.complain(id + " could not be written: " + failure);
                        }
                        open.decrementAndGet();
                    });
            next += gap;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean enough() {
        return System.nanoTime() - start > atLeast.toNanos();
    }

    @Override
    public void end() throws InterruptedException {
        over = true;
        Thread current = thread;
        if (current != null) {
            current.join(TimeUnit.MINUTES.toMillis(2));
        }
        producer.close(Duration.ofMinutes(2));
    }

    @Override
    public boolean isSettled() {
        long replied =
                kafka.ends(replies).values().stream().mapToLong(Long::longValue).sum();
        // only then is it worth reading them
        return open.get() == 0
                && lag() == 0
                && replied >= written.size()
                && repliesByKey().size() >= written.size();
    }

    private long lag() {
        Map<Integer, Long> committed = new HashMap<>();
        kafka.committed(GROUP).forEach((partition, offset) -> committed.put(partition.partition(), offset.offset()));
        long lag = 0;
        for (Map.Entry<Integer, Long> end : kafka.ends(topic).entrySet()) {
            lag += end.getValue() - committed.getOrDefault(end.getKey(), 0L);
        }
        return lag;
    }

    /** How many replies each record has. */
    private Map<String, Integer> repliesByKey() {
        Map<String, Integer> byKey = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> reply : kafka.all(replies)) {
            if (Kafka.header(reply, "Tandem-Outcome").equals("complete")) {
                byKey.merge(new String(reply.key(), StandardCharsets.UTF_8), 1, Integer::sum);
            }
        }
        return byKey;
    }

    @Override
    public List<Verdict> verdicts() {
        Map<String, Integer> answered = repliesByKey();
        List<String> missing = written.stream()
                .filter(id -> !answered.containsKey(id))
                .map(id -> id + " has no reply")
                .toList();
        List<String> strangers = new ArrayList<>(answered.keySet().stream()
                .filter(key -> !key.startsWith("record-"))
                .map(key -> "a reply to " + key)
                .toList());
        long lag = lag();
        return List.of(
                new Verdict("each record has a complete reply", missing),
                new Verdict("no other replies are there", strangers),
                new Verdict(
                        "nothing is a dead letter",
                        kafka.all(dead).stream()
                                .map(letter -> Kafka.header(letter, "Tandem-Detail"))
                                .toList()),
                new Verdict("consumer lag is back to 0", lag == 0 ? List.of() : List.of("it is " + lag)));
    }

    /** Records, replies, and those of them that were written more than once. */
    String figures() {
        Map<String, Integer> answered = repliesByKey();
        int all = answered.values().stream().mapToInt(Integer::intValue).sum();
        return "records=%d replies=%d twice=%d lag=%d".formatted(written.size(), all, all - answered.size(), lag());
    }

    @Override
    public void kill() {
        kafka.kill();
    }

    @Override
    public void launch() {
        kafka.startAgain();
    }

    @Override
    public void awaitReady() {
        // it is, and Tandem must find out by itself
    }
}
