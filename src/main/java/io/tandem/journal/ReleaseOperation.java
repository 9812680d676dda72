package io.tandem.journal;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/** Lets go of deliveries that were taken and not attempted. */
final class ReleaseOperation extends Operation<Void> {
    private static final String RELEASE =
            """
            update delivery set owner = null, next_attempt = ?
            where message_id = ? and target = ? and owner = ? and state = 0""";

    private final Context context;
    private final String messageId;
    private final List<String> targets;
    private final long owner;

    ReleaseOperation(Context context, String messageId, Collection<String> targets) {
        this.context = context;
        this.messageId = messageId;
        this.targets = List.copyOf(targets);
        this.owner = context.ownership().id();
    }

    @Override
    void run(Session session) throws SQLException {
        for (String target : targets) {
            session.update(RELEASE, context.now(), messageId, target, owner);
        }
    }

    @Override
    void committed() {
        done(this);
    }

    @SuppressWarnings("NullAway") // a stage of Void holds null
    static void done(Operation<Void> operation) {
        operation.complete(null);
    }

    @Override
    boolean isLasting() {
        return true;
    }
}
