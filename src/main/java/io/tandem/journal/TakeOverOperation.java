package io.tandem.journal;

import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lets go of what an instance had taken that has died. */
final class TakeOverOperation extends Upkeep<Integer> {
    private static final String TAKEN =
            "select message_id, target from delivery where state = 0 and state in (0, 2) and owner is not null";

    private static final String TAKEN_BY = TAKEN + " and owner = ?";

    private static final String AGAIN =
            """
            update delivery set owner = null, next_attempt = ?, outcome = null, status = null, took_ns = null,
              tried = null, reply = null, reply_kind = null, problem = null, problem_status = null,
              problem_detail = null, retry_after_ns = null
            where message_id = ? and target = ?""";

    private static final String GIVE_UP = "update delivery set state = 2, owner = null, next_attempt = null, "
            + Columns.SET_LAST + " where message_id = ? and target = ?";

    private record Taken(String messageId, String target) {}

    private final Context context;
    private final Map<String, Boolean> idempotent;
    private final @Nullable Long owner;
    private int taken;

    /**
     * @param idempotent by target: whether an attempt of unknown fate may be repeated
     * @param owner the dead instance; null: every one
     */
    TakeOverOperation(Context context, Map<String, Boolean> idempotent, @Nullable Long owner) {
        this.context = context;
        this.idempotent = idempotent;
        this.owner = owner;
    }

    @Override
    void run(Session session) throws SQLException {
        Session.RowReader<Taken> reader = row -> new Taken(row.getString(1), row.getString(2));
        List<Taken> left = owner == null ? session.query(TAKEN, reader) : session.query(TAKEN_BY, reader, owner);
        taken = left.size();
        Set<String> messages = new HashSet<>();
        left.forEach(delivery -> messages.add(delivery.messageId()));
        States.hold(session, messages);
        Set<String> ended = new HashSet<>();
        for (Taken delivery : left) {
            if (idempotent.getOrDefault(delivery.target(), true)) {
                session.update(AGAIN, context.now(), delivery.messageId(), delivery.target());
            } else {
                giveUp(session, delivery);
                ended.add(delivery.messageId());
            }
        }
        for (String messageId : ended) {
            int unused = States.recompute(session, messageId, context.now());
        }
    }

    private static void giveUp(Session session, Taken delivery) throws SQLException {
        Problem problem = Problem.of(
                ProblemType.DELIVERY_UNKNOWN,
                "Tandem ended in the middle of the delivery. It is not sent again by itself, as the target is not marked"
                        + " idempotent.");
        PreparedStatement update = session.statement(GIVE_UP);
        int next = Columns.bindLast(
                update,
                1,
                new Delivery(delivery.target(), Outcome.TIMED_OUT, 0, Duration.ZERO, 0, null, problem, null));
        Session.bind(update, next, delivery.messageId(), delivery.target());
        update.executeUpdate();
    }

    @Override
    void committed() {
        complete(taken);
    }
}
