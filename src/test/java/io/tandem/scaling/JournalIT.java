package io.tandem.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.f4b6a3.ulid.UlidCreator;
import io.tandem.config.Settings;
import io.tandem.journal.DeliveryRecord;
import io.tandem.journal.DeliveryState;
import io.tandem.journal.Journal;
import io.tandem.journal.Journals;
import io.tandem.journal.NewMessage;
import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.ReplyBody;
import io.tandem.proof.Busy;
import io.tandem.proof.LoadTarget;
import io.tandem.proof.Report;
import io.tandem.support.Postgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How messages share the syncs of a journal, and whether the simulation knows: {@code mvn verify -Pscaling
 * -Dit.test=JournalIT}. The journal alone, without HTTP; each message is written before its targets and after them. One
 * caller and many tell what a transaction and a write take, and the simulation what that means for those between.
 */
@Tag("scaling")
class JournalIT {
    private static final int FEW = 1;
    private static final int MANY = 256;
    private static final int[] BETWEEN = {16, 64};
    private static final int WRITES = 2;
    private static final int MOST_IN_GROUP = 512;
    private static final int MESSAGES = 50_000;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration SPAN = Duration.ofSeconds(6);
    private static final double PERCENT = 25;
    private static final Set<String> TARGETS = Set.of("api-one", "api-two");
    private static final byte[] BODY = LoadTarget.body(1).getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    @Test
    void embeddedJournalIsSharedAsInTheSimulation() throws Exception {
        compare("SQLite", new Settings.Database.Embedded(folder.resolve("tandem.db")));
    }

    @Test
    void postgresIsSharedAsInTheSimulation() throws Exception {
        try (Postgres postgres = Postgres.start()) {
            compare("PostgreSQL", new Settings.Database.Postgres(postgres.newDatabase(), Postgres.user(), null));
        }
    }

    private static void compare(String name, Settings.Database database) throws Exception {
        double load = Busy.load();
        List<String> rows = new ArrayList<>();
        double[] measured = new double[BETWEEN.length];
        double few;
        double many;
        try (Journal journal = Journals.open(
                new Settings.Journal(
                        database, false, false, 1_000_000, 1 << 20, 64 << 10, Duration.ofDays(3), Duration.ofDays(30)),
                Map.of(),
                Duration.ofSeconds(10),
                Clock.systemUTC())) {
            perSecond(journal, MANY, WARM_UP);
            few = perSecond(journal, FEW, SPAN);
            for (int i = 0; i < BETWEEN.length; i++) {
                measured[i] = perSecond(journal, BETWEEN[i], SPAN);
            }
            many = perSecond(journal, MANY, SPAN);
        }
        // alone: a sync for each write; many: two syncs for all of them, as half wait while the others are written
        double alone = 1 / (WRITES * few);
        double together = MANY / (WRITES * many);
        double perWrite = (together - 2 * alone) / (MANY - 2);
        Deployment.Journal model = new Deployment.Journal(WRITES, alone - perWrite, perWrite, MOST_IN_GROUP);
        double[] simulated = IntStream.of(BETWEEN)
                .mapToDouble(callers -> Simulation.closed(
                                Deployment.bounded(1, Deployment.UNBOUNDED).withJournal(model),
                                callers,
                                MESSAGES,
                                Chance.steady(0, 1))
                        .perSecond())
                .toArray();
        rows.add(String.format(Locale.ROOT, "%7d %10.0f", FEW, few));
        for (int i = 0; i < BETWEEN.length; i++) {
            rows.add(String.format(Locale.ROOT, "%7d %10.0f ~ %.0f", BETWEEN[i], measured[i], simulated[i]));
        }
        rows.add(String.format(Locale.ROOT, "%7d %10.0f", MANY, many));
        Report.add(
                "scaling.txt",
                String.format(
                        Locale.ROOT,
                        "%s alone, load at start %.1f: a transaction takes %.3f ms, and %.4f ms for each write in it%n"
                                + "callers messages/s ~ simulated",
                        name,
                        load,
                        1000 * model.sync(),
                        1000 * model.perWrite()),
                rows.toArray(String[]::new));
        assumeTrue(
                load < Runtime.getRuntime().availableProcessors(), "the machine was busy: times tell nothing");
        for (int i = 0; i < BETWEEN.length; i++) {
            assertThat(measured[i]).isCloseTo(simulated[i], withPercentage(PERCENT));
        }
    }

    /** Messages of so many callers, each of whom hands in the next when the last one is settled. */
    private static double perSecond(Journal journal, int callers, Duration span) throws Exception {
        AtomicInteger settled = new AtomicInteger();
        long start = System.nanoTime();
        long end = start + span.toNanos();
        CompletableFuture<?>[] all = new CompletableFuture<?>[callers];
        for (int i = 0; i < callers; i++) {
            CompletableFuture<Void> over = new CompletableFuture<>();
            all[i] = over;
            call(journal, settled, end, over);
        }
        CompletableFuture.allOf(all).get(span.toSeconds() + 60, TimeUnit.SECONDS);
        return settled.get() * 1e9 / (System.nanoTime() - start);
    }

    private static void call(Journal journal, AtomicInteger settled, long end, CompletableFuture<Void> over) {
        if (System.nanoTime() - end >= 0) {
            over.complete(null);
            return;
        }
        NewMessage message = new NewMessage(
                UlidCreator.getMonotonicUlid().toString(),
                "http",
                null,
                BODY,
                "application/json",
                Map.of(),
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                TARGETS,
                TARGETS,
                null);
        CompletionStage<Void> written = journal.accept(message)
                .thenComposeAsync(taken -> journal.record(
                        message.id(),
                        TARGETS.stream().map(JournalIT::delivered).toList(),
                        null));
        written.whenCompleteAsync((recorded, failure) -> {
            if (failure == null) {
                settled.incrementAndGet();
                call(journal, settled, end, over);
            } else {
                over.completeExceptionally(failure);
            }
        });
    }

    private static DeliveryRecord delivered(String target) {
        Delivery delivery = new Delivery(
                target,
                Outcome.DELIVERED,
                200,
                Duration.ofMillis(5),
                1,
                ReplyBody.of("{\"taken\":true}".getBytes(StandardCharsets.UTF_8), "application/json"),
                null,
                null);
        return new DeliveryRecord(delivery, DeliveryState.DELIVERED, null);
    }
}
