package io.tandem.journal;

import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Declares the oldest deliveries to a target dead that nobody has taken: so many at once. */
final class ExpireOperation extends Upkeep<ExpireOperation.Part> {
    static final int PART = 200;

    private static final String OLDEST =
            """
            select d.message_id, m.received_at, d.replayed_at, d.outcome from delivery d join message m on m.id = d.message_id
            where d.target = ? and d.state = 0 and d.state in (0, 2) and d.owner is null and d.message_id > ?
            order by d.message_id limit ?""";

    private static final String EXPIRE =
            """
            update delivery set state = 2, next_attempt = null
            where message_id = ? and target = ? and state = 0"""
                    + Columns.AND_FREE;

    private static final String REASON =
            "update delivery set " + Columns.SET_LAST + " where message_id = ? and target = ?";

    /** @param last the id behind which to go on; empty: the end is reached */
    record Part(int expired, String last) {}

    private record Candidate(String messageId, long received, long replayed, boolean tried) {
        boolean isOlder(long than) {
            return Math.max(received, replayed) < than;
        }
    }

    private final Context context;
    private final String target;
    private final long before;
    private final boolean removed;
    private final String after;
    private int expired;
    private int messages;
    private String last = "";

    /**
     * @param before expired is what was handed in, or last replayed, then
     * @param removed whether the target is not configured any more
     * @param after the id behind which it is begun
     */
    ExpireOperation(Context context, String target, long before, boolean removed, String after) {
        this.context = context;
        this.target = target;
        this.before = before;
        this.removed = removed;
        this.after = after;
    }

    @Override
    void run(Session session) throws SQLException {
        expired = 0;
        messages = 0;
        List<Candidate> oldest = session.query(
                OLDEST,
                // never replayed is 0
                row -> new Candidate(row.getString(1), row.getLong(2), row.getLong(3), row.getString(4) != null),
                target,
                after,
                PART);
        List<Candidate> old =
                oldest.stream().filter(found -> found.isOlder(before)).toList();
        // ids are in the order of arrival
        boolean end = oldest.size() < PART || oldest.get(PART - 1).received() >= before;
        last = end ? "" : oldest.get(PART - 1).messageId();
        List<String> ids = new ArrayList<>();
        old.forEach(found -> ids.add(found.messageId()));
        States.hold(session, new HashSet<>(ids));
        for (Candidate found : old) {
            if (session.update(EXPIRE, found.messageId(), target) == 1) {
                if (removed || !found.tried()) {
                    giveReason(session, found.messageId());
                }
                expired++;
                messages += States.recompute(session, found.messageId(), context.now());
            }
        }
    }

    private void giveReason(Session session, String messageId) throws SQLException {
        Problem problem = Problem.of(removed ? ProblemType.TARGET_REMOVED : ProblemType.DELIVERY_EXPIRED, null);
        PreparedStatement update = session.statement(REASON);
        int next = Columns.bindLast(
                update, 1, new Delivery(target, Outcome.SKIPPED, 0, Duration.ZERO, 0, null, problem, null));
        Session.bind(update, next, messageId, target);
        update.executeUpdate();
    }

    @Override
    void committed() {
        for (int i = 0; i < expired; i++) {
            context.counts().moved(target, DeliveryState.PENDING, DeliveryState.DEAD);
        }
        if (!removed) {
            // else they were not counted
            context.counts().addMessage(messages);
        }
        complete(new Part(expired, last));
    }
}
