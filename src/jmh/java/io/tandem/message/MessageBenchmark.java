package io.tandem.message;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a message costs besides its way: looking at what the caller sent, looking at what the targets reply, and writing
 * the merged reply.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MessageBenchmark {
    /** Characters of the text in the message, and in each reply. */
    @Param({"30", "1000"})
    private int length;

    private byte[] json = {};
    private List<Delivery> deliveries = List.of();

    @Setup
    public void write() {
        json = ("{\"order\":17,\"price\":{\"amount\":9.95,\"currency\":\"EUR\"},\"text\":\"" + "a".repeat(length)
                        + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        deliveries = List.of(delivery("api-one"), delivery("api-two"));
    }

    private Delivery delivery(String target) {
        return new Delivery(
                target,
                Outcome.DELIVERED,
                200,
                Duration.ofMillis(12),
                1,
                ReplyBody.of(json, "application/json"),
                null,
                null);
    }

    @Benchmark
    public Message create() {
        return Message.create("http", Map.of(), Span.unrecorded(TraceContext.root()), Duration.ofSeconds(30));
    }

    @Benchmark
    public @Nullable String checkBody() {
        return Json.fault(json);
    }

    @Benchmark
    public ReplyBody takeReply() {
        return ReplyBody.of(json, "application/json");
    }

    @Benchmark
    public Answer mergeReplies() {
        return Answer.of(new MergedReply("01M8DNG4EQZM3QYECCXCVKAA6M", "all", true, deliveries, null));
    }
}
