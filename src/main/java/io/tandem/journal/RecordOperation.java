package io.tandem.journal;

import io.tandem.message.Answer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what came of deliveries, and what the caller is told. */
final class RecordOperation extends Operation<Void> {
    private static final String RECORD = "update delivery set state = ?, owner = null, next_attempt = ?,"
            + " attempts = attempts + ?, " + Columns.SET_LAST + " where message_id = ? and target = ? and owner = ?";

    /** The target has it, whoever was believed to attempt it. */
    private static final String RECORD_LATE = "update delivery set state = 1, owner = null, next_attempt = null,"
            + " attempts = attempts + ?, " + Columns.SET_LAST
            + " where message_id = ? and target = ? and state = ? and state <> 1";

    private static final String SETTLE =
            """
            update message set state = s.state, settled_at = ?,
              body = case when s.state = 1 and reply_to is null then null else body end,
              tell_at = case when reply_to is null then null else ? end,
              given_up = case when s.state > 1%s then 1 else given_up end%s
            from (select case when sum(case when state = 0 then 1 else 0 end) > 0 then 0
                when sum(case when state = 2 then 1 else 0 end) = 0 then 1
                when sum(case when state = 1 then 1 else 0 end) > 0 then 2
                else 3 end as state
              from delivery where message_id = ?) as s
            where message.id = ? and message.state = 0 and s.state <> 0""";

    private static final String SETTLE_SILENTLY = SETTLE.formatted("", "");

    private static final String SET_ANSWER =
            "answer_status = ?, answer_type = ?, answer_outcome = ?, answer_timing = ?, answer_body = ?";

    /** Whoever was told so may hand it in again for that reason alone. */
    private static final String TOLD_UNMET = "? >= 300";

    private static final String SETTLE_WITH_ANSWER = SETTLE.formatted(" or " + TOLD_UNMET, ",\n  " + SET_ANSWER);

    private static final String ANSWER = "update message set given_up = case when " + TOLD_UNMET
            + " then 1 else given_up end, " + SET_ANSWER + " where id = ?";

    private final Context context;
    private final String messageId;
    private final List<DeliveryRecord> deliveries;
    private final @Nullable Answer answer;
    private final long owner;
    private final BitSet written = new BitSet();
    private final List<Runnable> late = new ArrayList<>();
    private boolean settled;
    private boolean complete;

    RecordOperation(Context context, String messageId, List<DeliveryRecord> deliveries, @Nullable Answer answer) {
        this.context = context;
        this.messageId = messageId;
        this.deliveries = List.copyOf(deliveries);
        this.answer = answer;
        this.owner = context.ownership().id();
    }

    @Override
    boolean isLasting() {
        return true;
    }

    @Override
    List<String> messages() {
        return List.of(messageId);
    }

    @Override
    void run(Session session) throws SQLException {
        runAll(session, List.of(this));
    }

    static void runAll(Session session, List<RecordOperation> operations) throws SQLException {
        recordDeliveries(session, operations);
        for (RecordOperation operation : operations) {
            operation.recordLate(session);
        }
        settle(session, operations.stream().filter(o -> o.answer == null).toList(), SETTLE_SILENTLY);
        List<RecordOperation> answered =
                operations.stream().filter(o -> o.answer != null).toList();
        settle(session, answered, SETTLE_WITH_ANSWER);
        answer(session, answered.stream().filter(o -> !o.settled).toList());
        for (RecordOperation operation : operations) {
            operation.complete = operation.settled
                    && operation.context.bodies().has(operation.messageId)
                    && States.isForgettable(session, operation.messageId);
        }
    }

    private static void recordDeliveries(Session session, List<RecordOperation> operations) throws SQLException {
        PreparedStatement update = session.statement(RECORD);
        boolean any = false;
        for (RecordOperation operation : operations) {
            operation.written.clear();
            operation.late.clear();
            for (DeliveryRecord record : operation.deliveries) {
                operation.add(update, record);
                any = true;
            }
        }
        if (!any) {
            return;
        }
        int[] counts = update.executeBatch();
        int i = 0;
        for (RecordOperation operation : operations) {
            for (int d = 0; d < operation.deliveries.size(); d++) {
                operation.written.set(d, counts[i++] == 1);
            }
        }
    }

    private void add(PreparedStatement update, DeliveryRecord record) throws SQLException {
        update.setInt(1, record.state().code());
        if (record.nextAttempt() == null) {
            update.setNull(2, Types.BIGINT);
        } else {
            update.setLong(2, record.nextAttempt().toEpochMilli());
        }
        update.setInt(3, record.delivery().attempts());
        int next = Columns.bindLast(update, 4, record.delivery());
        update.setString(next++, messageId);
        update.setString(next++, record.delivery().target());
        update.setLong(next, owner);
        update.addBatch();
    }

    /**
     * What this instance no longer holds, since it was believed dead, or what is written for the second time: only a
     * success still counts.
     */
    private void recordLate(Session session) throws SQLException {
        for (int d = 0; d < deliveries.size(); d++) {
            DeliveryRecord record = deliveries.get(d);
            if (written.get(d) || record.state() != DeliveryState.DELIVERED) {
                continue;
            }
            String target = record.delivery().target();
            DeliveryState before = States.of(session, messageId, target);
            if (before == null || before == DeliveryState.DELIVERED) {
                continue;
            }
            PreparedStatement update = session.statement(RECORD_LATE);
            update.setInt(1, record.delivery().attempts());
            int next = Columns.bindLast(update, 2, record.delivery());
            Session.bind(update, next, messageId, target, before.code());
            if (update.executeUpdate() == 1) {
                late.add(() -> context.counts().moved(target, before, DeliveryState.DELIVERED));
                int change = States.recompute(session, messageId, context.now());
                late.add(() -> context.counts().addMessage(change));
            }
        }
    }

    private static void settle(Session session, List<RecordOperation> operations, String sql) throws SQLException {
        if (operations.isEmpty()) {
            return;
        }
        PreparedStatement update = session.statement(sql);
        for (RecordOperation operation : operations) {
            long now = operation.context.now();
            update.setLong(1, now);
            update.setLong(2, now);
            int next = operation.answer == null ? 3 : bind(update, 3, operation.answer);
            update.setString(next++, operation.messageId);
            update.setString(next, operation.messageId);
            update.addBatch();
        }
        int[] counts = update.executeBatch();
        for (int i = 0; i < counts.length; i++) {
            operations.get(i).settled = counts[i] == 1;
        }
    }

    private static void answer(Session session, List<RecordOperation> operations) throws SQLException {
        if (operations.isEmpty()) {
            return;
        }
        PreparedStatement update = session.statement(ANSWER);
        for (RecordOperation operation : operations) {
            if (operation.answer != null) {
                update.setString(bind(update, 1, operation.answer), operation.messageId);
                update.addBatch();
            }
        }
        update.executeBatch();
    }

    private static int bind(PreparedStatement update, int from, Answer answer) throws SQLException {
        return Session.bind(
                update,
                from,
                answer.status(),
                answer.status(),
                answer.contentType(),
                answer.outcome(),
                answer.serverTiming(),
                answer.body());
    }

    @Override
    void committed() {
        for (int d = 0; d < deliveries.size(); d++) {
            if (written.get(d)) {
                DeliveryRecord record = deliveries.get(d);
                context.counts().moved(record.delivery().target(), DeliveryState.PENDING, record.state());
            }
        }
        late.forEach(Runnable::run);
        if (settled) {
            context.counts().addMessage(-1);
        }
        if (complete) {
            context.bodies().remove(messageId);
        }
        ReleaseOperation.done(this);
    }
}
