package io.tandem.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One operation among others. */
class GroupWriterTest {
    @TempDir
    Path folder;

    private static final class Overflowing extends Operation<Void> {
        @Override
        void run(Session session) {
            throw new StackOverflowError();
        }

        @Override
        void committed() {
            throw new IllegalStateException("it was never run");
        }
    }

    private static final class Counted extends Operation<Integer> {
        private int changed;

        @Override
        void run(Session session) throws SQLException {
            changed = session.update("insert into instance (alive_until) values (1)");
        }

        @Override
        void committed() {
            complete(changed);
        }
    }

    @Test
    void othersAreWrittenWhenOneOverflowsTheStack() {
        try (SqliteDatabase database = SqliteDatabase.open(folder.resolve("tandem.db"), 1, Schema.sqlite());
                GroupWriter writer = new GroupWriter(database, new ProbeOperation())) {
            Operation<Void> bad = new Overflowing();
            List<Counted> good =
                    IntStream.range(0, 10).mapToObj(i -> new Counted()).toList();
            good.subList(0, 5).forEach(writer::submit);
            writer.submit(bad);
            good.subList(5, 10).forEach(writer::submit);

            writer.start();

            assertThatThrownBy(() -> Samples.get(bad.stage())).isInstanceOf(JournalException.class);
            good.forEach(operation -> assertThat(Samples.get(operation.stage())).isEqualTo(1));
            assertThat(writer.fault()).isNull();
        }
    }
}
