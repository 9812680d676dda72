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
            "select message_id, target, owner from delivery where state = 0 and state in (0, 2) and owner is not null";

    private static final String TAKEN_BY = TAKEN + " and owner = ?";

    /** Should it have been forgotten while it still took something. */
    private static final String TAKEN_BY_NOBODY =
            TAKEN + " and not exists (select 1 from instance where instance.id = delivery.owner)";

    private static final String IS_DEAD =
            "select id from instance where id = ? and alive_until = ? for update skip locked";

    private static final String FORGET = "delete from instance where id = ?";

    private static final String AGAIN =
            """
            update delivery set owner = null, next_attempt = ?, outcome = null, status = null, took_ns = null,
              tried = null, reply = null, reply_kind = null, problem = null, problem_status = null,
              problem_detail = null, retry_after_ns = null
            where message_id = ? and target = ? and owner = ?""";

    private static final String GIVE_UP = "update delivery set state = 2, owner = null, next_attempt = null, "
            + Columns.SET_LAST + " where message_id = ? and target = ? and owner = ?";

    /**
     * Whose deliveries are let go of.
     *
     * @param owner 0: those of instances that nobody knows of
     * @param aliveUntil what it had said last
     */
    record Dead(long owner, long aliveUntil) {
        static final Dead NOBODY = new Dead(0, 0);
    }

    private record Taken(String messageId, String target, long owner) {}

    private final Context context;
    private final Map<String, Boolean> idempotent;
    private final @Nullable Dead dead;
    private int taken;

    /**
     * @param idempotent by target: whether an attempt of unknown fate may be repeated
     * @param dead null: every one is
     */
    TakeOverOperation(Context context, Map<String, Boolean> idempotent, @Nullable Dead dead) {
        this.context = context;
        this.idempotent = idempotent;
        this.dead = dead;
    }

    @Override
    void run(Session session) throws SQLException {
        taken = 0;
        List<Taken> left = left(session);
        Set<String> messages = new HashSet<>();
        left.forEach(delivery -> messages.add(delivery.messageId()));
        States.hold(session, messages);
        Set<String> ended = new HashSet<>();
        for (Taken delivery : left) {
            if (idempotent.getOrDefault(delivery.target(), true)) {
                taken +=
                        session.update(AGAIN, context.now(), delivery.messageId(), delivery.target(), delivery.owner());
            } else {
                taken += giveUp(session, delivery);
                ended.add(delivery.messageId());
            }
        }
        for (String messageId : ended) {
            int unused = States.recompute(session, messageId, context.now());
        }
    }

    private List<Taken> left(Session session) throws SQLException {
        Session.RowReader<Taken> reader = row -> new Taken(row.getString(1), row.getString(2), row.getLong(3));
        if (dead == null) {
            return session.query(TAKEN, reader);
        }
        if (dead.equals(Dead.NOBODY)) {
            return session.query(TAKEN_BY_NOBODY, reader);
        }
        if (session.first(IS_DEAD, row -> row.getLong(1), dead.owner(), dead.aliveUntil()) == null) {
            // it lives again, or another instance is at it
            return List.of();
        }
        session.update(FORGET, dead.owner());
        return session.query(TAKEN_BY, reader, dead.owner());
    }

    private static int giveUp(Session session, Taken delivery) throws SQLException {
        Problem problem = Problem.of(
                ProblemType.DELIVERY_UNKNOWN,
                "Tandem ended in the middle of the delivery. It is not sent again by itself, as the target is not marked"
                        + " idempotent.");
        PreparedStatement update = session.statement(GIVE_UP);
        int next = Columns.bindLast(
                update,
                1,
                new Delivery(delivery.target(), Outcome.TIMED_OUT, 0, Duration.ZERO, 0, null, problem, null));
        Session.bind(update, next, delivery.messageId(), delivery.target(), delivery.owner());
        return update.executeUpdate();
    }

    @Override
    void committed() {
        complete(taken);
    }
}
