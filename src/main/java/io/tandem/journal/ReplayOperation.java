package io.tandem.journal;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes undelivered deliveries of one message due now. */
final class ReplayOperation extends Operation<@Nullable Set<String>> {
    private static final String UNDELIVERED =
            "select target, state from delivery where message_id = ? and state in (0, 2)";

    private static final String DUE =
            """
            update delivery set state = 0, next_attempt = ?, replayed_at = ?
            where message_id = ? and target = ? and state = ?"""
                    + Columns.AND_FREE;

    private record Undelivered(String target, DeliveryState state) {}

    private final Context context;
    private final String messageId;
    private final @Nullable Set<String> targets;
    private final Set<String> pending = new TreeSet<>();
    private final Set<String> revived = new TreeSet<>();
    private boolean known;
    private int messages;

    ReplayOperation(Context context, String messageId, @Nullable Collection<String> targets) {
        this.context = context;
        this.messageId = messageId;
        this.targets = targets == null ? null : Set.copyOf(targets);
    }

    @Override
    List<String> messages() {
        return List.of(messageId);
    }

    @Override
    void run(Session session) throws SQLException {
        pending.clear();
        revived.clear();
        messages = 0;
        known = States.of(session, messageId) != null;
        List<Undelivered> undelivered = session.query(
                UNDELIVERED, row -> new Undelivered(row.getString(1), DeliveryState.of(row.getInt(2))), messageId);
        for (Undelivered delivery : undelivered) {
            if (targets != null && !targets.contains(delivery.target())) {
                continue;
            }
            int changed = session.update(
                    DUE,
                    context.now(),
                    context.now(),
                    messageId,
                    delivery.target(),
                    delivery.state().code());
            // else it is being attempted: pending all the same
            pending.add(delivery.target());
            if (changed == 1 && delivery.state() == DeliveryState.DEAD) {
                revived.add(delivery.target());
            }
        }
        if (!revived.isEmpty()) {
            messages = States.recompute(session, messageId, context.now());
        }
    }

    @Override
    void committed() {
        revived.forEach(target -> context.counts().moved(target, DeliveryState.DEAD, DeliveryState.PENDING));
        context.counts().addMessage(messages);
        complete(known ? Set.copyOf(pending) : null);
    }
}
