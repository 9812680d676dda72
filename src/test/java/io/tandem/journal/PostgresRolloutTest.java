package io.tandem.journal;

import static io.tandem.journal.JournalContract.inParallel;
import static io.tandem.journal.JournalContract.taken;
import static io.tandem.journal.Samples.BOTH;
import static io.tandem.journal.Samples.NONE;
import static io.tandem.journal.Samples.ONE;
import static io.tandem.journal.Samples.TWO;
import static io.tandem.journal.Samples.delivered;
import static io.tandem.journal.Samples.get;
import static io.tandem.journal.Samples.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandem.config.Settings;
import io.tandem.support.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A rollout: instances of two versions on one database. The older one is this one, the newer one its next schema. */
class PostgresRolloutTest {
    private static final Schema OLDER = Schema.postgresql();
    private static final Schema NEWER =
            next("alter table message add column note text;\n\ncreate index message_note on message (note);\n\n"
                    + "alter table delivery add column lane smallint not null default 7;\n");

    /** More often than what the driver sends as text before it has a statement prepared. */
    private static final int OFTEN = 20;

    private final String url = Postgres.shared().newDatabase();

    private static Schema next(String script) {
        List<String> scripts = new ArrayList<>(OLDER.scripts());
        scripts.add(script);
        return new Schema(scripts);
    }

    private Journal open(Schema schema) {
        return open(url, schema);
    }

    private static Journal open(String url, Schema schema) {
        Settings.Database.Postgres database = new Settings.Database.Postgres(url, Postgres.user(), null);
        return Journals.openPostgres(database, Samples.settings(database), Samples.terms(Clock.systemUTC()), schema);
    }

    private static List<String> accept(Journal journal, int messages) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            NewMessage message = message(NONE);
            assertThat(get(journal.accept(message))).isInstanceOf(Acceptance.Fresh.class);
            ids.add(message.id());
        }
        return ids;
    }

    /** All that is due, delivered by this one. */
    private static List<String> deliver(Journal journal, String target) {
        List<String> ids = new ArrayList<>();
        for (List<String> some = List.of(""); !some.isEmpty(); ids.addAll(some)) {
            some = taken(journal.takeDue(target, 5, false, false));
            some.forEach(id -> get(journal.record(id, List.of(delivered(target)), null)));
        }
        return ids;
    }

    private static void isComplete(Journal journal, List<String> ids) {
        assertThat(ids).allSatisfy(id -> assertThat(journal.find(id).state()).isEqualTo(MessageState.COMPLETE));
    }

    @Test
    void olderInstanceGoesOnWhileANewerOneMigrates() {
        try (Journal older = open(OLDER)) {
            List<String> first = accept(older, OFTEN);
            assertThat(deliver(older, ONE)).isEqualTo(first);
            CountDownLatch half = new CountDownLatch(100);
            List<String> meanwhile = new ArrayList<>();
            AtomicReference<Journal> opened = new AtomicReference<>();

            inParallel(
                    () -> {
                        for (int i = 0; i < 300; i++) {
                            meanwhile.addAll(accept(older, 1));
                            half.countDown();
                        }
                    },
                    () -> {
                        awaitQuietly(half);
                        opened.set(open(NEWER));
                    });

            try (Journal newer = opened.get()) {
                List<String> all = new ArrayList<>(first);
                all.addAll(meanwhile);
                assertThat(deliver(older, TWO)).containsExactlyInAnyOrderElementsOf(all);
                assertThat(deliver(newer, ONE)).containsExactlyInAnyOrderElementsOf(meanwhile);
                isComplete(older, all);
                isComplete(newer, all);
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void eachVersionGoesOnWithWhatTheOtherHasTaken() {
        try (Journal older = open(OLDER);
                Journal newer = open(NEWER)) {
            List<String> ofOlder = accept(older, OFTEN);
            assertThat(deliver(newer, ONE)).isEqualTo(ofOlder);
            List<String> ofNewer = accept(newer, OFTEN);
            assertThat(deliver(older, ONE)).isEqualTo(ofNewer);
            assertThat(deliver(older, TWO)).hasSize(2 * OFTEN);

            isComplete(newer, ofOlder);
            isComplete(older, ofNewer);
            // one key, whichever of them gets it
            get(older.accept(message("a", "{}", BOTH)));
            assertThat(get(newer.accept(message("a", "{}", BOTH)))).isNotInstanceOf(Acceptance.Fresh.class);
            get(newer.accept(message("b", "{}", BOTH)));
            assertThat(get(older.accept(message("b", "{}", BOTH)))).isNotInstanceOf(Acceptance.Fresh.class);
        }
    }

    @Test
    void olderInstanceIsRefusedOnceItHasEnded() {
        try (Journal newer = open(NEWER)) {
            assertThatThrownBy(() -> open(OLDER))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("newer Tandem (schema 4, this one knows 3)")
                    .hasMessageContaining("run that one");

            accept(newer, 1);
        }
    }

    @Test
    void whatTheFirstVersionHasLeftIsDelivered() {
        Settings.Database.Postgres database = new Settings.Database.Postgres(url, Postgres.user(), null);
        PostgresDatabase.open(database, new Schema(OLDER.scripts().subList(0, 1)))
                .close();
        Postgres.execute(
                url,
                "insert into message (id, entry, body_hash, headers, traceparent, body, body_file, size, state, received_at)"
                        + " values ('01KA0000000000000000000001', 'http', '', '{}', '" + Samples.TRACE
                        + "', '{}', 0, 2, 0, 1763900000000);"
                        + "insert into delivery (message_id, target, state, next_attempt, attempts)"
                        + " values ('01KA0000000000000000000001', 'api-one', 0, 1763900000000, 0)");

        try (Journal journal = open(OLDER)) {
            List<String> ids = deliver(journal, ONE);

            assertThat(ids).containsExactly("01KA0000000000000000000001");
            isComplete(journal, ids);
        }
    }

    /** As an index on millions of messages takes. */
    @Test
    void migrationIsNotCutOffWhenItTakesLongerThanAStatementMay() {
        open(OLDER).close();

        open(url + "?socketTimeout=1", next("do 'begin perform pg_sleep(2); end';\n"))
                .close();

        assertThatThrownBy(() -> open(OLDER)).hasMessageContaining("newer Tandem");
    }

    /** As a backup does: what waits behind it for a table must not keep the older instances waiting as long. */
    @Test
    void migrationGivesUpWhenTheTablesAreHeld() throws Exception {
        try (Journal older = open(OLDER)) {
            try (Connection connection = DriverManager.getConnection(url, Postgres.user(), "");
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("lock table message in access share mode");

                assertThatThrownBy(() -> open(NEWER))
                        .isInstanceOf(JournalException.class)
                        .hasMessageContaining("can't be migrated while something else holds its tables (a backup")
                        .hasMessageContaining("start Tandem again")
                        .message()
                        .doesNotContain("\n");
                assertThat(accept(older, 1)).hasSize(1);
                connection.rollback();
            }
            try (Journal newer = open(NEWER)) {
                assertThat(deliver(newer, ONE)).hasSize(1);
            }
        }
    }
}
