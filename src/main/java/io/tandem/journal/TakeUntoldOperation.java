package io.tandem.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/**
 * Takes messages whose senders are to be told, for a time: an instance that dies meanwhile leaves them to the others by
 * saying nothing.
 */
final class TakeUntoldOperation extends Operation<List<Untold>> {
    private static final String UNTOLD =
            """
            select id, reply_to from message where tell_at is not null and tell_at <= ?
            order by tell_at limit ?""";

    private static final String TAKE = "update message set tell_at = ? where id = ?";

    private record Taken(String id, String replyTo) {}

    private final Context context;
    private final int limit;
    private final Duration time;
    private List<Taken> taken = List.of();
    private long lease;

    TakeUntoldOperation(Context context, int limit, Duration time) {
        this.context = context;
        this.limit = limit;
        this.time = time;
    }

    @Override
    void run(Session session) throws SQLException {
        lease = context.now() + time.toMillis();
        taken = session.query(
                UNTOLD + session.dialect().skipLocked(),
                row -> new Taken(row.getString(1), row.getString(2)),
                context.now(),
                limit);
        if (taken.isEmpty()) {
            return;
        }
        // in one round trip: the writer waits for each
        PreparedStatement take = session.statement(TAKE);
        for (Taken message : taken) {
            Session.bind(take, 1, lease, message.id());
            take.addBatch();
        }
        take.executeBatch();
    }

    @Override
    void committed() {
        if (taken.isEmpty()) {
            complete(List.of());
            return;
        }
        try {
            context.helpers().execute(this::completeTaken);
        } catch (RejectedExecutionException e) {
            // they come up again when their time is over
            fail(new JournalException("the journal's database answers too slowly", e));
        }
    }

    private void completeTaken() {
        Map<String, String> replyTo = new LinkedHashMap<>();
        taken.forEach(message -> replyTo.put(message.id(), message.replyTo()));
        List<Untold> untold = new ArrayList<>();
        try {
            Map<String, Reader.WithBody> messages = context.reader().withBodies(List.copyOf(replyTo.keySet()));
            replyTo.forEach((id, to) -> {
                Reader.WithBody message = messages.get(id);
                if (message != null) {
                    byte[] body = message.body() == null ? new byte[0] : message.body();
                    untold.add(new Untold(message.message(), body, HeadersJson.read(to), lease));
                }
            });
        } catch (JournalException e) {
            fail(e);
            return;
        }
        complete(untold);
    }
}
