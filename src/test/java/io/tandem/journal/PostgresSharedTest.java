package io.tandem.journal;

import static io.tandem.journal.JournalContract.PATIENCE;
import static io.tandem.journal.JournalContract.inParallel;
import static io.tandem.journal.JournalContract.taken;
import static io.tandem.journal.Samples.BOTH;
import static io.tandem.journal.Samples.NONE;
import static io.tandem.journal.Samples.ONE;
import static io.tandem.journal.Samples.TWO;
import static io.tandem.journal.Samples.delivered;
import static io.tandem.journal.Samples.get;
import static io.tandem.journal.Samples.message;
import static io.tandem.journal.Samples.retried;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tandem.config.Settings;
import io.tandem.message.ProblemType;
import io.tandem.support.CutRelay;
import io.tandem.support.Postgres;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several instances on one database. */
class PostgresSharedTest {
    private final String url = Postgres.shared().newDatabase();
    private final Settings.Database database = new Settings.Database.Postgres(url, Postgres.user(), null);
    private Journal first;
    private Journal second;

    @BeforeEach
    void open() {
        // at the same moment: both find no tables
        List<Journal> opened = Collections.synchronizedList(new ArrayList<>());
        inParallel(() -> opened.add(openOne()), () -> opened.add(openOne()));
        first = opened.get(0);
        second = opened.get(1);
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    private Journal openOne() {
        return Journals.open(Samples.settings(database), Samples.terms(Clock.systemUTC()));
    }

    private static String accept(Journal journal, Set<String> taken) {
        NewMessage message = message(taken);
        assertThat(get(journal.accept(message))).isInstanceOf(Acceptance.Fresh.class);
        return message.id();
    }

    private StoredDelivery delivery(String id, String target) {
        return first.find(id).deliveries().stream()
                .filter(delivery -> delivery.target().equals(target))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void oneOfManyIsFoundByItsKeyWhenStatisticsAreOfATimeWithoutThem() throws Exception {
        try (Connection connection = DriverManager.getConnection(url, Postgres.user(), null);
                Statement statement = connection.createStatement()) {
            String fill = "insert into delivery (message_id, target, state, next_attempt, attempts)"
                    + " select '%s' || i, 'api-one', %d, i, 0 from generate_series(1, 20000) i";
            assertThat(statement.executeUpdate(fill.formatted("d", 1))).isEqualTo(20_000);
            statement.execute("vacuum analyze delivery");
            assertThat(statement.executeUpdate(fill.formatted("m", 0))).isEqualTo(20_000);
            StringBuilder plan = new StringBuilder();
            try (ResultSet lines = statement.executeQuery("explain update delivery set owner = 1"
                    + " where message_id = 'm7' and target = 'api-one' and state = 0" + Columns.AND_FREE)) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }

            assertThat(plan.toString()).contains("message_id = 'm7'").doesNotContain("delivery_due");
        }
    }

    @Test
    void noDeliveryIsTakenByTwo() {
        List<String> ids =
                IntStream.range(0, 400).mapToObj(i -> accept(first, NONE)).toList();
        List<String> all = Collections.synchronizedList(new ArrayList<>());

        inParallel(taker(first, all), taker(second, all), taker(first, all), taker(second, all));

        assertThat(all).containsExactlyInAnyOrderElementsOf(ids);
    }

    /** Accepts a message whose commit it does not hear of, and lets others have a look before it is connected again. */
    private void cutOff(NewMessage message, Consumer<Journal> meanwhile) throws IOException {
        int port = URI.create(url.substring("jdbc:".length())).getPort();
        try (CutRelay relay = new CutRelay(port);
                Journal cutOff = Journals.open(
                        Samples.settings(new Settings.Database.Postgres(
                                url.replace(":" + port, ":" + relay.port()), Postgres.user(), null)),
                        Samples.terms(Clock.systemUTC()))) {
            relay.cutBefore("COMMIT", message.id());
            assertThatThrownBy(() -> get(cutOff.accept(message))).isInstanceOf(JournalException.class);
            assertThat(relay.isCut()).isTrue();
            meanwhile.accept(second);
            relay.mend();
            await().atMost(PATIENCE).until(() -> cutOff.unavailable() == null);
        }
    }

    @Test
    void whatAnotherInstanceHasTakenForAcceptedStaysWhenTheFirstDidNotHearOfItsCommit() throws Exception {
        NewMessage message = message("key", "{}", BOTH);

        cutOff(message, other -> assertThat(get(other.accept(message("key", "{}", NONE))))
                .isInstanceOfSatisfying(
                        Acceptance.Known.class,
                        known -> assertThat(known.message().id()).isEqualTo(message.id())));

        assertThat(second.find(message.id())).isNotNull();
        assertThat(taken(second.takeDue(ONE, 5, false, false))).containsExactly(message.id());
    }

    @Test
    void whatNobodyCanHaveHeardOfIsForgottenWhenItsCommitWasNotHeardOf() throws Exception {
        NewMessage message = message(NONE);

        cutOff(message, other -> assertThat(other.find(message.id())).isNotNull());

        assertThat(second.find(message.id())).isNull();
    }

    private static Runnable taker(Journal journal, List<String> all) {
        return () -> {
            // nothing found is no proof: what another transaction holds is skipped
            for (int empty = 0; empty < 20; ) {
                List<String> some = taken(journal.takeDue(ONE, 5, false, false));
                all.addAll(some);
                empty = some.isEmpty() ? empty + 1 : 0;
            }
        };
    }

    @Test
    void oneIsFreshWhenBothGetTheSameKeysAtTheSameMoment() {
        List<String> fresh = Collections.synchronizedList(new ArrayList<>());

        inParallel(offer(first, fresh, false), offer(second, fresh, true));

        assertThat(fresh).hasSize(300).doesNotHaveDuplicates();
    }

    private static Runnable offer(Journal journal, List<String> fresh, boolean backwards) {
        return () -> {
            List<Integer> numbers =
                    new ArrayList<>(IntStream.range(0, 300).boxed().toList());
            if (backwards) {
                Collections.reverse(numbers);
            }
            List<CompletionStage<Acceptance>> stages = numbers.stream()
                    .map(number -> journal.accept(message("key-" + number, "{}", BOTH)))
                    .toList();
            for (int i = 0; i < stages.size(); i++) {
                if (get(stages.get(i)) instanceof Acceptance.Fresh) {
                    fresh.add("key-" + numbers.get(i));
                }
            }
        };
    }

    @Test
    void messageIsSettledWhenEachInstanceRecordsOneDeliveryAtTheSameMoment() {
        List<String> ids = IntStream.range(0, 200)
                .mapToObj(i -> accept(first, Set.of(ONE)))
                .toList();
        ids.forEach(id -> assertThat(get(second.take(id, Set.of(TWO)))).containsExactly(TWO));
        List<CompletionStage<Void>> stages = Collections.synchronizedList(new ArrayList<>());

        inParallel(
                () -> ids.forEach(id -> stages.add(first.record(id, List.of(delivered(ONE)), null))),
                () -> ids.forEach(id -> stages.add(second.record(id, List.of(delivered(TWO)), null))));
        stages.forEach(Samples::get);

        assertThat(ids).allSatisfy(id -> assertThat(first.find(id).state()).isEqualTo(MessageState.COMPLETE));
    }

    @Test
    void onlyTheOldestIsTakenInOrderWhoeverAsks() {
        List<String> ids =
                IntStream.range(0, 30).mapToObj(i -> accept(first, NONE)).toList();
        List<String> all = Collections.synchronizedList(new ArrayList<>());
        Runnable one = inOrder(first, all, ids.size());
        Runnable two = inOrder(second, all, ids.size());

        inParallel(one, two);

        assertThat(all).containsExactlyElementsOf(ids);
    }

    private static Runnable inOrder(Journal journal, List<String> all, int size) {
        return () -> {
            while (all.size() < size) {
                for (DueDelivery due : get(journal.takeDue(ONE, 5, false, true))) {
                    all.add(due.message().id());
                    get(journal.record(due.message().id(), List.of(delivered(ONE)), null));
                }
            }
        };
    }

    @Test
    void whatAKilledInstanceHadTakenIsTakenOver() throws Exception {
        Process process = JournalProcess.start(url);
        try (var lines = process.inputReader()) {
            for (int i = 0; i < 500; i++) {
                assertThat(lines.readLine()).isNotNull();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(inFlight()).isPositive();

        await().atMost(Duration.ofSeconds(20)).until(() -> inFlight() == 0);

        List<StoredMessage> unknown = first.list(new MessageQuery(MessageState.DEAD, TWO, null, 1000));
        assertThat(unknown).isNotEmpty().allSatisfy(message -> assertThat(
                        delivery(message.id(), TWO).last().problem().type())
                .isEqualTo(ProblemType.DELIVERY_UNKNOWN));
        assertThat(first.list(new MessageQuery(MessageState.DEAD, ONE, null, 1000)))
                .isEmpty();
        // those of the living stay
        assertThat(first.unavailable()).isNull();
    }

    private long inFlight() {
        return first.list(new MessageQuery(MessageState.PENDING, null, null, 1000)).stream()
                .filter(StoredMessage::inFlight)
                .count();
    }

    @Test
    void whatALivingInstanceHasTakenStays() {
        String id = accept(first, BOTH);

        await().during(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(6)).until(() -> delivery(id, ONE)
                .taken());

        get(first.record(id, List.of(delivered(ONE)), null));
        assertThat(delivery(id, ONE).state()).isEqualTo(DeliveryState.DELIVERED);
    }

    @Test
    void onlyASuccessCountsWhenItsInstanceWasGivenUp() {
        String succeeded = accept(first, Set.of(ONE));
        String failed = accept(first, Set.of(ONE));
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            // as if nothing had been heard of it for long
            Postgres.execute(
                    url,
                    "update instance set alive_until = 0 where id in (select owner from delivery where owner > 0)");
            return !delivery(succeeded, ONE).taken() && !delivery(failed, ONE).taken();
        });
        assertThat(taken(second.takeDue(ONE, 5, false, false))).containsExactlyInAnyOrder(succeeded, failed);
        Instant later = Instant.now().plusSeconds(60);

        get(first.record(succeeded, List.of(delivered(ONE)), null));
        get(first.record(failed, List.of(retried(ONE, later)), null));

        assertThat(delivery(succeeded, ONE).state()).isEqualTo(DeliveryState.DELIVERED);
        assertThat(delivery(failed, ONE).taken()).isTrue();
        // the other one's failure comes too late
        get(second.record(succeeded, List.of(retried(ONE, later)), null));
        get(second.record(failed, List.of(delivered(ONE)), null));
        assertThat(delivery(succeeded, ONE).state()).isEqualTo(DeliveryState.DELIVERED);
        assertThat(delivery(failed, ONE).state()).isEqualTo(DeliveryState.DELIVERED);
    }

    @Test
    void instanceTakesNothingWhenTheDatabaseHasNotHeardOfIt() throws Exception {
        try (PostgresDatabase silent =
                PostgresDatabase.open((Settings.Database.Postgres) database, Schema.postgresql())) {
            SharedOwnership ownership =
                    new SharedOwnership(silent, Duration.ofMillis(300), Duration.ofDays(1), Duration.ZERO);
            ownership.beat();
            assertThat(ownership.refusal()).isNull();

            await().until(() -> ownership.refusal() != null);

            ownership.beat();
            assertThat(ownership.refusal()).isNull();
        }
    }

    @Test
    void backlogOfTheOtherIsCountedSoon() {
        accept(second, NONE);

        await().atMost(PATIENCE)
                .until(() -> first.pendingMessages() == 1 && first.backlog(ONE).pending() == 1);
    }

    @Test
    void nothingIsTakenOverWhileAnAttemptMayLastAfterAReload() throws Exception {
        try (PostgresDatabase silent =
                PostgresDatabase.open((Settings.Database.Postgres) database, Schema.postgresql())) {
            SharedOwnership before =
                    new SharedOwnership(silent, Duration.ofMillis(300), Duration.ZERO, Duration.ofMillis(300));
            SharedOwnership reloaded =
                    new SharedOwnership(silent, Duration.ofMillis(300), Duration.ZERO, Duration.ofMillis(300));
            before.beat();
            reloaded.beat();

            reloaded.allow(Duration.ofDays(1));

            assertThat(reloaded.refusal()).isNull();
            await().atMost(PATIENCE).until(() -> !instances().contains(before.id()));
            assertThat(instances()).contains(reloaded.id());
            // an attempt that began before still has the old time
            reloaded.allow(Duration.ofMillis(1));
            reloaded.beat();
            await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> instances()
                    .contains(reloaded.id()));
        }
    }

    @Test
    void livingInstancesKeepWhatTheyHaveWhenTheDatabasesClockIsSet() {
        String id = accept(first, BOTH);

        AtomicInteger times = new AtomicInteger();

        await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> {
            // what each had said last is long ago all of a sudden
            Postgres.execute(url, "update instance set alive_until = " + times.incrementAndGet());
            return delivery(id, ONE).taken();
        });
    }

    @Test
    void whatIsTakenByOneThatWasForgottenStaysItsOwnWhenItIsBack() throws Exception {
        // as if it had stood still, and not known it
        Set<Long> before = instances();
        AtomicReference<String> taken = new AtomicReference<>();

        // what nobody known has taken is let go of at long intervals: not again right after that
        await().atMost(PATIENCE).until(() -> {
            Postgres.execute(url, "delete from instance");
            String message = accept(first, BOTH);
            await().atMost(PATIENCE).until(() -> instances().size() == 2);
            assertThat(instances()).isEqualTo(before);
            taken.set(message);
            return delivery(message, ONE).taken();
        });

        String id = taken.get();
        get(first.record(id, List.of(retried(ONE, Instant.now())), null));
        assertThat(delivery(id, ONE).attempts()).isEqualTo(3);
    }

    @Test
    void heartbeatGoesOnWhileATableIsLocked() throws Exception {
        Duration lease = Duration.ofSeconds(3);
        try (Journal journal = Journals.open(Samples.settings(database), Samples.terms(Clock.systemUTC(), lease));
                Connection connection = DriverManager.getConnection(url, Postgres.user(), "");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table message in access exclusive mode");
            Set<String> reasons = new HashSet<>();

            // until the count is due, and the lease over
            long until = System.nanoTime() + Duration.ofSeconds(9).toNanos();
            await().atMost(PATIENCE).until(() -> {
                // so that all has something to do that waits for the table
                Postgres.execute(url, "insert into instance (alive_until) values (1)");
                reasons.add(String.valueOf(journal.unavailable()));
                return System.nanoTime() - until > 0;
            });

            connection.rollback();
            assertThat(reasons).noneMatch(reason -> reason.contains("has not heard"));
        }
    }

    private Set<Long> instances() throws Exception {
        try (Connection connection = DriverManager.getConnection(url, Postgres.user(), "");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select id from instance")) {
            Set<Long> found = new HashSet<>();
            while (row.next()) {
                found.add(row.getLong(1));
            }
            return found;
        }
    }
}
