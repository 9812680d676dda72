package io.tandem.journal;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sender of a message was told, or is to be told later; when more has come of the message since, neither counts. */
final class ToldOperation extends Operation<Void> {
    private static final String TOLD =
            """
            update message set tell_at = ?, body = case when state = 1 and ? = 1 then null else body end
            where id = ? and tell_at = ?""";

    private final Context context;
    private final String messageId;
    private final long lease;
    private final @Nullable Long next;
    private boolean forgets;

    /** @param next when to try again; null: it was told */
    ToldOperation(Context context, String messageId, long lease, @Nullable Long next) {
        this.context = context;
        this.messageId = messageId;
        this.lease = lease;
        this.next = next;
    }

    @Override
    void run(Session session) throws SQLException {
        int changed = session.update(TOLD, next, next == null ? 1 : 0, messageId, lease);
        forgets = changed == 1
                && next == null
                && context.bodies().has(messageId)
                && States.of(session, messageId) == MessageState.COMPLETE;
    }

    @Override
    void committed() {
        if (forgets) {
            context.bodies().remove(messageId);
        }
        ReleaseOperation.done(this);
    }

    @Override
    boolean isLasting() {
        return true;
    }

    @Override
    List<String> messages() {
        return List.of(messageId);
    }
}
