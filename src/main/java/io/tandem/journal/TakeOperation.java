package io.tandem.journal;

import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes deliveries of one message. */
final class TakeOperation extends Operation<Set<String>> {
    private static final String TAKE =
            """
            update delivery set owner = ?, state = 0, next_attempt = ?
            where message_id = ? and target = ? and state = ?"""
                    + Columns.AND_FREE;

    private final Context context;
    private final String messageId;
    private final Set<String> targets;
    private final long owner;
    private final Map<String, DeliveryState> before = new HashMap<>();
    private int messages;

    TakeOperation(Context context, String messageId, Collection<String> targets) {
        this.context = context;
        this.messageId = messageId;
        this.targets = new HashSet<>(targets);
        this.owner = context.ownership().id();
    }

    @Override
    List<String> messages() {
        return List.of(messageId);
    }

    @Override
    void run(Session session) throws SQLException {
        before.clear();
        messages = 0;
        for (String target : targets) {
            DeliveryState state = States.of(session, messageId, target);
            if (state != DeliveryState.PENDING && state != DeliveryState.DEAD) {
                continue;
            }
            if (session.update(TAKE, owner, context.now(), messageId, target, state.code()) == 1) {
                before.put(target, state);
            }
        }
        if (before.containsValue(DeliveryState.DEAD)) {
            messages = States.recompute(session, messageId, context.now());
        }
    }

    @Override
    void committed() {
        before.forEach((target, state) -> context.counts().moved(target, state, DeliveryState.PENDING));
        context.counts().addMessage(messages);
        complete(Set.copyOf(before.keySet()));
    }

    @Override
    @Nullable
    Operation<?> undo() {
        return before.isEmpty() ? null : new ReleaseOperation(context, messageId, before.keySet());
    }
}
