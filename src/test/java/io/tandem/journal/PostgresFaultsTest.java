package io.tandem.journal;

import static io.tandem.journal.Samples.BOTH;
import static io.tandem.journal.Samples.NONE;
import static io.tandem.journal.Samples.ONE;
import static io.tandem.journal.Samples.TWO;
import static io.tandem.journal.Samples.delivered;
import static io.tandem.journal.Samples.get;
import static io.tandem.journal.Samples.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.support.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Databases that are away, of others, and of other versions. */
class PostgresFaultsTest {
    private static final String END_CONNECTIONS = "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where application_name = 'tandem' and datname = current_database()";

    private static Journal open(String url) {
        return open(url, Schema.postgresql());
    }

    private static Journal open(String url, Schema schema) {
        Settings.Database.Postgres database = new Settings.Database.Postgres(url, Postgres.user(), null);
        return Journals.openPostgres(database, Samples.settings(database), Samples.terms(Clock.systemUTC()), schema);
    }

    private static Schema nextSchema() {
        List<String> scripts = new ArrayList<>(Schema.postgresql().scripts());
        scripts.add("alter table message add column note text;\n");
        return new Schema(scripts);
    }

    private static String tables(String url) throws Exception {
        try (Connection connection = DriverManager.getConnection(url, Postgres.user(), "");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select coalesce(string_agg(relname || relkind::text || relnatts, ','"
                                + " order by relname), '') from pg_class where relnamespace = 'public'::regnamespace")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void refuses(String url, Schema schema, String... words) throws Exception {
        String before = tables(url);
        assertThatThrownBy(() -> open(url, schema))
                .isInstanceOf(JournalException.class)
                .message()
                .contains(words)
                .contains(url.replaceFirst(".*//", ""))
                .doesNotContain("\n");
        assertThat(tables(url)).isEqualTo(before);
    }

    @Test
    void databaseOfAnotherProgramIsRefused() throws Exception {
        String url = Postgres.shared().newDatabase();
        Postgres.execute(url, "create table orders (id int); create table message (id int)");

        refuses(url, Schema.postgresql(), "tables of another program (message, orders)", "currentSchema");
    }

    @Test
    void schemaOfItsOwnIsEnough() throws Exception {
        String url = Postgres.shared().newDatabase();
        Postgres.execute(url, "create table orders (id int); create schema tandem");

        try (Journal journal = open(url + "?currentSchema=tandem")) {
            assertThat(get(journal.accept(message(NONE)))).isInstanceOf(Acceptance.Fresh.class);
        }
    }

    @Test
    void newerSchemaIsRefusedAndOlderIsMigrated() throws Exception {
        String url = Postgres.shared().newDatabase();
        try (Journal journal = open(url)) {
            get(journal.accept(message(NONE)));
        }
        try (Journal journal = open(url, nextSchema())) {
            assertThat(journal.pendingMessages()).isEqualTo(1);
            assertThat(get(journal.accept(message(NONE)))).isInstanceOf(Acceptance.Fresh.class);
        }

        refuses(url, Schema.postgresql(), "newer Tandem (schema 4, this one knows 3)");
        open(url, nextSchema()).close();
    }

    @Test
    void schemaStaysWhenItsMigrationFails() throws Exception {
        String url = Postgres.shared().newDatabase();
        open(url).close();
        List<String> scripts = new ArrayList<>(Schema.postgresql().scripts());
        scripts.add("alter table message add column note text;\nthis is not SQL;\n");

        refuses(url, new Schema(scripts), "syntax error");
    }

    @Test
    void reasonIsToldWhenItCanNotBeOpened() {
        String url = Postgres.shared().newDatabase();

        assertThatThrownBy(() -> open(url + "_none")).hasMessageContaining("does not exist: create it");
        assertThatThrownBy(() -> open("jdbc:postgresql://localhost:1/tandem?sslpassword=secret"))
                .hasMessage("the journal's database 'localhost:1/tandem' can't be reached: check that it runs, and"
                        + " tandem.journal.url");
        Postgres.execute(url, "create role stranger login password 'p'");
        Settings.Database.Postgres stranger = new Settings.Database.Postgres(url, "stranger", Secret.of("p"));
        assertThatThrownBy(() -> Journals.openPostgres(
                        stranger, Samples.settings(stranger), Samples.terms(Clock.systemUTC()), Schema.postgresql()))
                .hasMessageContaining("permission denied")
                .hasMessageContaining("grant");
        Settings.Database.Postgres nobody = new Settings.Database.Postgres(url, "nobody-here", null);
        assertThatThrownBy(() -> Journals.openPostgres(
                        nobody, Samples.settings(nobody), Samples.terms(Clock.systemUTC()), Schema.postgresql()))
                .hasMessageContaining("refuses the login")
                .hasMessageContaining("tandem.journal.user");
    }

    @Test
    void recordsAreWrittenWhenADatabaseThatWasKilledIsBack() throws Exception {
        try (Postgres postgres = Postgres.start();
                Journal journal = open(postgres.newDatabase())) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                NewMessage message = message(BOTH);
                get(journal.accept(message));
                ids.add(message.id());
            }

            postgres.kill();

            List<CompletionStage<Void>> records = new ArrayList<>();
            for (String id : ids) {
                records.add(journal.record(id, List.of(delivered(ONE), delivered(TWO)), null));
            }
            assertThatThrownBy(() -> get(journal.accept(message(NONE)))).isInstanceOf(JournalException.class);
            await().until(() -> journal.unavailable() != null);
            assertThat(journal.unavailable()).contains("can't be reached");
            await().atMost(Duration.ofSeconds(10)).until(() -> refusedAtOnce(journal));
            assertThatThrownBy(() -> journal.find(ids.get(0))).hasMessageContaining("can't be reached");

            postgres.startAgain();

            records.forEach(Samples::get);
            await().atMost(Duration.ofSeconds(10)).until(() -> journal.unavailable() == null);
            // whoever reads has connections of its own, which come back in their own time
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> journal.find(ids.get(0)).state() == MessageState.COMPLETE);
            for (String id : ids) {
                assertThat(journal.find(id).state()).isEqualTo(MessageState.COMPLETE);
            }
            assertThat(get(journal.accept(message(BOTH)))).isInstanceOf(Acceptance.Fresh.class);
        }
    }

    private static boolean refusedAtOnce(Journal journal) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> get(journal.accept(message(BOTH)))).isInstanceOf(JournalException.class);
        return System.nanoTime() - start < Duration.ofMillis(50).toNanos();
    }

    @Test
    void unavailableWhenTheDatabaseBecomesReadOnly() {
        String url = Postgres.shared().newDatabase();
        String name = url.substring(url.lastIndexOf('/') + 1);
        try (Journal journal = open(url)) {
            get(journal.accept(message(NONE)));

            Postgres.execute(url, "alter database " + name + " set default_transaction_read_only = on");
            // as a failover to a standby does, connections end
            Postgres.execute(url, END_CONNECTIONS);

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> String.valueOf(journal.unavailable()).contains("is read-only"));

            String writing = url + "?options=-c%20default_transaction_read_only=off";
            Postgres.execute(writing, "alter database " + name + " set default_transaction_read_only = off");
            Postgres.execute(writing, END_CONNECTIONS);
            await().atMost(Duration.ofSeconds(10)).until(() -> journal.unavailable() == null);
        }
    }
}
