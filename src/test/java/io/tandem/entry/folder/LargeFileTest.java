package io.tandem.entry.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.message.Outcome;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of many records: what is in memory does not grow with it. */
class LargeFileTest {
    private static final int RECORDS = 50_000;

    @TempDir
    Path data;

    @Test
    void recordsAreReadAsRepliesAreWritten() throws Exception {
        AtomicInteger most = new AtomicInteger();
        AtomicInteger count = new AtomicInteger();
        ExecutorService targets = Executors.newFixedThreadPool(4);
        InboxFixture[] holder = new InboxFixture[1];
        try (InboxFixture folder = InboxFixture.start(data, sent -> {
            InboxFixture current = holder[0];
            current.sent.clear();
            most.accumulateAndGet(current.inFlight.get(), Math::max);
            count.incrementAndGet();
            return CompletableFuture.supplyAsync(() -> Outcome.DELIVERED, targets);
        })) {
            holder[0] = folder;
            Files.createDirectories(folder.inbox);
            Path part = folder.inbox.resolve("large.ndjson.part");
            try (BufferedWriter out = Files.newBufferedWriter(part)) {
                for (int i = 0; i < RECORDS; i++) {
                    out.write("{\"n\":" + i + "}\n");
                }
            }
            Files.move(part, folder.inbox.resolve("large.ndjson"));
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(100, TimeUnit.MILLISECONDS)
                    .until(() -> Files.exists(folder.done.resolve("large.ndjson")));

            assertThat(count).hasValue(RECORDS);
            assertThat(most.get()).isLessThanOrEqualTo(InboxFixture.WINDOW);
            try (Stream<String> lines = Files.lines(folder.replies.resolve("large.ndjson.reply.ndjson"))) {
                AtomicInteger number = new AtomicInteger();
                assertThat(lines.allMatch(line -> line.startsWith("{\"record\":" + number.incrementAndGet() + ",")))
                        .isTrue();
                assertThat(number).hasValue(RECORDS);
            }
        } finally {
            targets.shutdown();
        }
    }
}
