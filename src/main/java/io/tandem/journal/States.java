package io.tandem.journal;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The states of one message and its deliveries, within a transaction: the slow way, for what is rare. */
final class States {
    private static final String OF_MESSAGE = "select state from message where id = ?";
    private static final String IS_FORGETTABLE =
            "select id from message where id = ? and state = 1 and reply_to is null";

    private static final String OF_DELIVERY = "select state from delivery where message_id = ? and target = ?";
    private static final String OF_DELIVERIES = "select distinct state from delivery where message_id = ?";

    private static final String SET =
            """
            update message set state = ?, settled_at = ?,
              body = case when ? = 1 and reply_to is null then null else body end,
              tell_at = case when reply_to is null then null else cast(? as bigint) end,
              given_up = case when ? > 1 then 1 else given_up end where id = ?""";

    private static final String LOCK = "select id from message where id in (%s) order by id for update";

    private static final int HELD_AT_ONCE = 1024;

    private States() {}

    static @Nullable MessageState of(Session session, String messageId) throws SQLException {
        return session.first(OF_MESSAGE, row -> MessageState.of(row.getInt(1)), messageId);
    }

    /** Whether nobody needs its body any more. */
    static boolean isForgettable(Session session, String messageId) throws SQLException {
        return session.first(IS_FORGETTABLE, row -> true, messageId) != null;
    }

    static @Nullable DeliveryState of(Session session, String messageId, String target) throws SQLException {
        return session.first(OF_DELIVERY, row -> DeliveryState.of(row.getInt(1)), messageId, target);
    }

    /**
     * Holds messages until the end of the transaction. Two that settle the last two deliveries of a message at the same
     * moment would else both see the other's pending. Always in the order of their ids, lest two wait for each other.
     */
    static void hold(Session session, Set<String> messageIds) throws SQLException {
        if (session.dialect() == Dialect.SQLITE || messageIds.isEmpty()) {
            return;
        }
        List<String> ids = List.copyOf(new TreeSet<>(messageIds));
        for (int from = 0; from < ids.size(); from += HELD_AT_ONCE) {
            List<String> part = ids.subList(from, Math.min(ids.size(), from + HELD_AT_ONCE));
            // few different statements: the driver and the server keep each
            int places = 1;
            while (places < part.size()) {
                places *= 4;
            }
            Object[] values = Arrays.copyOf(part.toArray(), places);
            Arrays.fill(values, part.size(), places, "");
            session.query(LOCK.formatted(Session.marks(places)), row -> row.getString(1), values);
        }
    }

    /**
     * Makes the state of a message follow from its deliveries.
     *
     * @return how the number of pending messages changes by it: -1, 0, 1
     */
    static int recompute(Session session, String messageId, long now) throws SQLException {
        MessageState before = of(session, messageId);
        if (before == null) {
            return 0;
        }
        List<DeliveryState> states = session.query(OF_DELIVERIES, row -> DeliveryState.of(row.getInt(1)), messageId);
        MessageState after = follows(new HashSet<>(states));
        if (after == before) {
            return 0;
        }
        boolean pending = after == MessageState.PENDING;
        Long at = pending ? null : now;
        session.update(SET, after.code(), at, after.code(), at, after.code(), messageId);
        return pending ? 1 : before == MessageState.PENDING ? -1 : 0;
    }

    private static MessageState follows(Set<DeliveryState> deliveries) {
        if (deliveries.contains(DeliveryState.PENDING)) {
            return MessageState.PENDING;
        }
        if (!deliveries.contains(DeliveryState.DEAD)) {
            return MessageState.COMPLETE;
        }
        return deliveries.contains(DeliveryState.DELIVERED) ? MessageState.PARTIAL : MessageState.DEAD;
    }
}
