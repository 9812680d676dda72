package io.tandem.journal;

import java.sql.SQLException;
import java.util.List;

/**
 * Makes sure that a message is not there whose acceptance failed in the middle of the commit: whoever handed it in was
 * told that it is not. What another instance has taken of it meanwhile stays, and is delivered.
 */
final class ForgetOperation extends Operation<Void> {
    private static final String UNTOUCHED =
            """
            select 1 from message where id = ? and not exists (
              select 1 from delivery where message_id = message.id and (attempts > 0 or state <> 0 or owner <> ?))""";

    private static final String DELETE_DELIVERIES = "delete from delivery where message_id = ?";
    private static final String DELETE_MESSAGE = "delete from message where id = ?";

    private final Context context;
    private final NewMessage message;
    private final ReleaseOperation release;

    ForgetOperation(Context context, NewMessage message) {
        this.context = context;
        this.message = message;
        this.release = new ReleaseOperation(context, message.id(), message.taken());
    }

    @Override
    void run(Session session) throws SQLException {
        long owner = context.ownership().id();
        if (session.first(UNTOUCHED, row -> 1, message.id(), owner) == null) {
            release.run(session);
            return;
        }
        session.update(DELETE_DELIVERIES, message.id());
        session.update(DELETE_MESSAGE, message.id());
    }

    @Override
    void committed() {
        context.bodies().remove(message.id());
    }

    @Override
    boolean isLasting() {
        return true;
    }

    @Override
    List<String> messages() {
        return List.of(message.id());
    }
}
