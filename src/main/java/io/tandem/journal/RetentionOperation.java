package io.tandem.journal;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forgets messages of one state that were settled long ago: so many at once, going on where the last one ended. */
final class RetentionOperation extends Upkeep<RetentionOperation.Part> {
    static final int PART = 200;

    private static final Duration LONGEST_HOLD = Duration.ofDays(365);

    private static final String SETTLED = "select id, received_at, settled_at, body_file, idem_key from message"
            + " where state = ? and tell_at is null and id > ? order by id limit ?";

    // in as few round trips as possible: the writer waits for each
    private static final String IDS = Session.marks(PART);

    private static final String DELIVERIES = "select target, state from delivery where message_id in (" + IDS + ")";
    private static final String HELD = "select distinct key_prefix from retention_hold where since > ?";
    private static final String DELETE_DELIVERIES = "delete from delivery where message_id in (" + IDS + ")";
    private static final String DELETE_MESSAGES = "delete from message where id in (" + IDS + ")";

    /**
     * @param removed how many
     * @param last the id behind which to go on; empty: the end is reached
     */
    record Part(int removed, String last) {}

    private record Settled(String id, long received, long settled, boolean inFile, @Nullable String key) {}

    private record Removed(String target, DeliveryState state) {}

    private final Context context;
    private final MessageState state;
    private final long before;
    private final String after;
    private final List<Settled> forgotten = new ArrayList<>();
    private final List<Removed> deliveries = new ArrayList<>();
    private String last = "";

    /** @param before forgotten is what was settled then */
    RetentionOperation(Context context, MessageState state, long before, String after) {
        this.context = context;
        this.state = state;
        this.before = before;
        this.after = after;
    }

    @Override
    void run(Session session) throws SQLException {
        forgotten.clear();
        deliveries.clear();
        List<Settled> found = session.query(
                SETTLED + session.dialect().skipLocked(),
                row -> new Settled(
                        row.getString(1), row.getLong(2), row.getLong(3), row.getInt(4) == 1, row.getString(5)),
                state.code(),
                after,
                PART);
        List<String> held = found.isEmpty()
                ? List.of()
                : session.query(HELD, row -> row.getString(1), context.now() - LONGEST_HOLD.toMillis());
        for (Settled message : found) {
            String key = message.key();
            if (message.settled() < before && (key == null || held.stream().noneMatch(key::startsWith))) {
                forgotten.add(message);
            }
        }
        if (!forgotten.isEmpty()) {
            forget(session);
        }
        // ids are in the order of arrival: behind a message that arrived after the limit, none was settled before it
        boolean end = found.size() < PART || found.get(PART - 1).received() >= before;
        last = end ? "" : found.get(PART - 1).id();
    }

    private void forget(Session session) throws SQLException {
        Object[] ids = new Object[PART];
        // no message is called that
        Arrays.fill(ids, "");
        for (int i = 0; i < forgotten.size(); i++) {
            ids[i] = forgotten.get(i).id();
        }
        if (state != MessageState.COMPLETE) {
            deliveries.addAll(session.query(
                    DELIVERIES, row -> new Removed(row.getString(1), DeliveryState.of(row.getInt(2))), ids));
        }
        session.update(DELETE_DELIVERIES, ids);
        session.update(DELETE_MESSAGES, ids);
    }

    @Override
    void committed() {
        deliveries.forEach(removed -> context.counts().removed(removed.target(), removed.state()));
        for (Settled message : forgotten) {
            if (message.inFile()) {
                context.bodies().remove(message.id());
            }
        }
        complete(new Part(forgotten.size(), last));
    }
}
