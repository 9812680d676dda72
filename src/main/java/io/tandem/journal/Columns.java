package io.tandem.journal;

import io.tandem.message.Answer;
import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Rows as records, and records as values of rows. */
final class Columns {
    /** Of a message, its answer's body last: a list leaves it out. */
    static final String MESSAGE = "id, entry, idem_key, content_type, size, headers, traceparent, received_at, state,"
            + " settled_at, answer_status, answer_type, answer_outcome, answer_timing";

    /** Of a delivery, without the body of the reply. */
    static final String DELIVERY = "message_id, target, state, attempts, owner, next_attempt, outcome, status, took_ns,"
            + " tried, reply_kind, problem, problem_status, problem_detail, retry_after_ns";

    /**
     * That nobody has hold of one delivery. Not {@code owner is null}: PostgreSQL would look for it in the index of all that
     * are due, and read those of its target from end to end, as long as its statistics are of a time when none were.
     */
    static final String AND_FREE = " and coalesce(owner, 0) = 0";

    /** What came of the last round, to be set: as many values as {@link #bindLast} binds. */
    static final String SET_LAST = "outcome = ?, status = ?, took_ns = ?, tried = ?, reply = ?, reply_kind = ?,"
            + " problem = ?, problem_status = ?, problem_detail = ?, retry_after_ns = ?";

    private Columns() {}

    /** @param answer the body of the answer, when it was asked for */
    static StoredMessage message(ResultSet row, byte @Nullable [] answer, List<StoredDelivery> deliveries)
            throws SQLException {
        return new StoredMessage(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                HeadersJson.read(row.getString(6)),
                row.getString(7),
                Instant.ofEpochMilli(row.getLong(8)),
                settled(row),
                MessageState.of(row.getInt(9)),
                answer == null
                        ? null
                        : new Answer(row.getInt(11), row.getString(12), row.getString(13), row.getString(14), answer),
                deliveries);
    }

    private static @Nullable Instant settled(ResultSet row) throws SQLException {
        long at = row.getLong(10);
        return row.wasNull() ? null : Instant.ofEpochMilli(at);
    }

    static StoredDelivery delivery(ResultSet row, byte @Nullable [] reply) throws SQLException {
        DeliveryState state = DeliveryState.of(row.getInt(3));
        boolean taken = row.getObject(5) != null;
        long next = row.getLong(6);
        Instant nextAttempt = row.wasNull() || state != DeliveryState.PENDING ? null : Instant.ofEpochMilli(next);
        return new StoredDelivery(row.getString(2), state, row.getInt(4), last(row, reply), nextAttempt, taken);
    }

    private static @Nullable Delivery last(ResultSet row, byte @Nullable [] reply) throws SQLException {
        String outcome = row.getString(7);
        if (outcome == null) {
            return null;
        }
        String problem = row.getString(12);
        long retryAfter = row.getLong(15);
        boolean asked = !row.wasNull();
        return new Delivery(
                row.getString(2),
                outcome(outcome),
                row.getInt(8),
                Duration.ofNanos(row.getLong(9)),
                row.getInt(10),
                reply == null ? null : ReplyBody.restored(kind(row.getString(11)), reply),
                problem == null ? null : new Problem(problemType(problem), row.getInt(13), row.getString(14)),
                asked ? Duration.ofNanos(retryAfter) : null);
    }

    static int bindLast(PreparedStatement statement, int from, Delivery delivery) throws SQLException {
        ReplyBody body = delivery.body();
        Problem problem = delivery.problem();
        int index = from;
        statement.setString(index++, delivery.outcome().word());
        statement.setInt(index++, delivery.status());
        statement.setLong(index++, nanos(delivery.took()));
        statement.setInt(index++, delivery.attempts());
        statement.setBytes(index++, body == null ? null : body.json());
        statement.setString(index++, body == null ? null : body.kind().name().toLowerCase(Locale.ROOT));
        statement.setString(index++, problem == null ? null : problem.type().name());
        if (problem == null) {
            statement.setNull(index++, Types.INTEGER);
        } else {
            statement.setInt(index++, problem.status());
        }
        statement.setString(index++, problem == null ? null : withoutNul(problem.detail()));
        if (delivery.retryAfter() == null) {
            statement.setNull(index++, Types.BIGINT);
        } else {
            statement.setLong(index++, nanos(delivery.retryAfter()));
        }
        return index;
    }

    /** PostgreSQL has no text with U+0000 in it. */
    static @Nullable String withoutNul(@Nullable String text) {
        return text == null || text.indexOf('\0') < 0 ? text : text.replace('\0', '\ufffd');
    }

    private static long nanos(Duration duration) {
        // 292 years are enough for what a target may ask for
        return duration.toSeconds() > Long.MAX_VALUE / 1_000_000_000 - 1 ? Long.MAX_VALUE : duration.toNanos();
    }

    private static Outcome outcome(String word) {
        for (Outcome outcome : Outcome.values()) {
            if (outcome.word().equals(word)) {
                return outcome;
            }
        }
        throw new IllegalArgumentException("no outcome is called " + word);
    }

    private static ProblemType problemType(String name) {
        try {
            return ProblemType.valueOf(name);
        } catch (IllegalArgumentException e) {
            // written by a version that knew more
            return ProblemType.INTERNAL_ERROR;
        }
    }

    private static ReplyBody.Kind kind(String stored) {
        return ReplyBody.Kind.valueOf(stored.toUpperCase(Locale.ROOT));
    }
}
