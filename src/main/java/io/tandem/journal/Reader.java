package io.tandem.journal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what is on disk. Thread-safe; blocks; throws {@link JournalException}. */
final class Reader {
    private static final String FIND =
            "select " + Columns.MESSAGE + ", answer_body, body_hash from message where id = ?";

    private static final String FIND_BY_KEY =
            "select " + Columns.MESSAGE + ", answer_body, body_hash from message where idem_key = ?";

    private static final String DELIVERIES =
            "select " + Columns.DELIVERY + ", reply from delivery where message_id = ?";

    private static final String FIND_GIVEN_UP =
            """
            select id from message where body_hash = ? and entry = ? and given_up = 1
            order by case when state = 1 or answer_status < 300 then 2 when exists (
                select 1 from delivery where message_id = message.id and state = 0 and owner is not null) then 1
              else 0 end, id desc limit 1""";

    private static final String WITH_BODIES =
            "select " + Columns.MESSAGE + ", answer_body, body, body_file from message where id in (%s)";

    private static final String DELIVERIES_OF =
            "select " + Columns.DELIVERY + ", reply from delivery where message_id in (%s)";

    private static final String DELIVERIES_LISTED =
            "select " + Columns.DELIVERY + " from delivery where message_id in (%s)";

    private static final String LISTED = "select " + Columns.MESSAGE + " from message where id in (%s)";

    private static final String IDS = "select id from message where id < ? order by id desc limit ?";

    private static final String IDS_BY_STATE =
            "select id from message where state = ? and id < ? order by id desc limit ?";

    private static final String IDS_BY_TARGET =
            "select message_id from delivery where target = ? and message_id < ? order by message_id desc limit ?";

    /** Of the many that are delivered there is no index: they are found in the order of their ids. */
    private static final String IDS_DELIVERED = "select message_id from delivery"
            + " where target = ? and state = 1 and message_id < ? order by message_id desc limit ?";

    private static final String IDS_OPEN = "select message_id from delivery"
            + " where target = ? and state = ? and state in (0, 2) and message_id < ?"
            + " order by message_id desc limit ?";

    private static final String NEXT_DUE =
            "select min(next_attempt) from delivery where target = ? and state = 0 and owner is null";

    private static final String PENDING_MESSAGES = "select count(*) from message where state = 0";

    private static final String OPEN_DELIVERIES =
            "select state, count(*) from delivery where target = ? and state in (0, 2) group by state";

    /** A step for each target: the index leads from one to the next. */
    private static final String NEXT_TARGET = "select min(target) from delivery where state in (0, 2) and target > ?";

    private static final String PENDING_AT_NONE_OF =
            """
            select count(distinct message_id) from delivery d
            where d.target in (%s) and d.state = 0 and d.state in (0, 2) and not exists (
              select 1 from delivery o where o.message_id = d.message_id and o.target in (%s) and o.state = 0)""";

    private static final String OLDEST =
            """
            select m.received_at from message m where m.id = (
              select message_id from delivery where target = ? and state = 0 and state in (0, 2)
              order by message_id limit 1)""";

    private final Database database;
    private final Bodies bodies;

    Reader(Database database, Bodies bodies) {
        this.database = database;
        this.bodies = bodies;
    }

    /** A message with what it is compared by. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    record Keyed(StoredMessage message, byte[] bodyHash) {}

    /**
     * A message with its body.
     *
     * @param body null when it is not there, or can't be read now
     * @param unreadable why it can't be read now; or null
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record WithBody(StoredMessage message, byte @Nullable [] body, @Nullable IOException unreadable) {}

    private record Open(DeliveryState state, long count) {}

    @Nullable
    StoredMessage find(String messageId) {
        Keyed found = database.<@Nullable Keyed>read(session -> one(session, FIND, messageId));
        return found == null ? null : found.message();
    }

    @Nullable
    Keyed findByKey(String key) {
        return database.<@Nullable Keyed>read(session -> one(session, FIND_BY_KEY, key));
    }

    @Nullable
    StoredMessage findGivenUp(String entry, byte[] bodyHash) {
        return database.<@Nullable StoredMessage>read(session -> {
            String id = session.first(FIND_GIVEN_UP, row -> row.getString(1), bodyHash, entry);
            Keyed found = id == null ? null : one(session, FIND, id);
            return found == null ? null : found.message();
        });
    }

    private static @Nullable Keyed one(Session session, String sql, String value) throws SQLException {
        // the id is read first: the message and its deliveries are two queries, but one transaction
        return session.first(
                sql,
                row -> {
                    List<StoredDelivery> deliveries =
                            session.query(DELIVERIES, d -> Columns.delivery(d, d.getBytes(16)), row.getString(1));
                    return new Keyed(Columns.message(row, row.getBytes(15), sorted(deliveries)), row.getBytes(16));
                },
                value);
    }

    /** The messages with these ids, their bodies with them. */
    Map<String, WithBody> withBodies(List<String> ids) {
        Map<String, WithBody> inDatabase = new HashMap<>();
        List<StoredMessage> inFiles = new ArrayList<>();
        database.read(session -> {
            String marks = Session.marks(ids.size());
            Object[] values = ids.toArray();
            Map<String, List<StoredDelivery>> deliveries = new HashMap<>();
            session.query(
                    DELIVERIES_OF.formatted(marks),
                    row -> deliveries
                            .computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                            .add(Columns.delivery(row, row.getBytes(16))),
                    values);
            session.query(
                    WITH_BODIES.formatted(marks),
                    row -> {
                        List<StoredDelivery> own = deliveries.getOrDefault(row.getString(1), List.of());
                        StoredMessage message = Columns.message(row, row.getBytes(15), sorted(own));
                        if (row.getInt(17) == 1) {
                            return inFiles.add(message);
                        }
                        inDatabase.put(message.id(), new WithBody(message, row.getBytes(16), null));
                        return true;
                    },
                    values);
            return inDatabase;
        });
        for (StoredMessage message : inFiles) {
            inDatabase.put(message.id(), inFile(message));
        }
        return inDatabase;
    }

    private WithBody inFile(StoredMessage message) {
        try {
            return new WithBody(message, bodies.read(message.id()), null);
        } catch (NoSuchFileException e) {
            return new WithBody(message, null, null);
        } catch (IOException e) {
            return new WithBody(message, null, e);
        }
    }

    List<StoredMessage> list(MessageQuery query) {
        return database.read(session -> {
            List<String> ids = ids(session, query);
            if (ids.isEmpty()) {
                return List.of();
            }
            String marks = Session.marks(ids.size());
            Object[] values = ids.toArray();
            Map<String, List<StoredDelivery>> deliveries = new HashMap<>();
            session.query(
                    DELIVERIES_LISTED.formatted(marks),
                    row -> deliveries
                            .computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                            .add(Columns.delivery(row, null)),
                    values);
            Map<String, StoredMessage> messages = new HashMap<>();
            session.query(
                    LISTED.formatted(marks),
                    row -> messages.put(
                            row.getString(1),
                            Columns.message(row, null, sorted(deliveries.getOrDefault(row.getString(1), List.of())))),
                    values);
            return ids.stream().map(messages::get).filter(Objects::nonNull).toList();
        });
    }

    private static List<String> ids(Session session, MessageQuery query) throws SQLException {
        // ':' is behind all digits, and '~' behind all letters of an id
        String before = query.after() == null ? "~" : query.after();
        MessageState state = query.state();
        String target = query.target();
        int limit = query.limit();
        Session.RowReader<String> id = row -> row.getString(1);
        if (target == null) {
            return state == null
                    ? session.query(IDS, id, before, limit)
                    : session.query(IDS_BY_STATE, id, state.code(), before, limit);
        }
        if (state == null) {
            return session.query(IDS_BY_TARGET, id, target, before, limit);
        }
        return switch (state) {
            case COMPLETE -> session.query(IDS_DELIVERED, id, target, before, limit);
            case PENDING -> session.query(IDS_OPEN, id, target, DeliveryState.PENDING.code(), before, limit);
            case PARTIAL, DEAD -> session.query(IDS_OPEN, id, target, DeliveryState.DEAD.code(), before, limit);
        };
    }

    @Nullable
    Instant nextDue(String target) {
        return database.<@Nullable Instant>read(session -> session
                .query(
                        NEXT_DUE,
                        row -> {
                            long at = row.getLong(1);
                            return row.wasNull() ? Instant.MAX : Instant.ofEpochMilli(at);
                        },
                        target)
                .stream()
                .filter(at -> !at.equals(Instant.MAX))
                .findFirst()
                .orElse(null));
    }

    long pendingMessages() {
        return database.read(session -> session.query(PENDING_MESSAGES, row -> row.getLong(1)))
                .get(0);
    }

    /** Pending deliveries, by those targets that are not among the configured ones. */
    Map<String, Long> removedTargets(Collection<String> configured) {
        return database.read(session -> {
            Map<String, Long> removed = new TreeMap<>();
            String target = session.first(NEXT_TARGET, row -> Objects.requireNonNullElse(row.getString(1), ""), "");
            while (target != null && !target.isEmpty()) {
                if (!configured.contains(target)) {
                    List<Open> open = session.query(
                            OPEN_DELIVERIES, row -> new Open(DeliveryState.of(row.getInt(1)), row.getLong(2)), target);
                    long pending = count(open, DeliveryState.PENDING);
                    if (pending > 0) {
                        removed.put(target, pending);
                    }
                }
                target = session.first(NEXT_TARGET, row -> Objects.requireNonNullElse(row.getString(1), ""), target);
            }
            return Collections.unmodifiableMap(removed);
        });
    }

    /** Messages that wait for some of the removed targets, and for none of the configured ones. */
    long pendingAtNoneOf(Collection<String> configured, Collection<String> removed) {
        if (removed.isEmpty()) {
            return 0;
        }
        List<String> targets = new ArrayList<>(removed);
        targets.addAll(configured);
        String sql = PENDING_AT_NONE_OF.formatted(Session.marks(removed.size()), Session.marks(configured.size()));
        Long found =
                database.<@Nullable Long>read(session -> session.first(sql, row -> row.getLong(1), targets.toArray()));
        return found == null ? 0 : found;
    }

    Backlog backlog(String target) {
        return database.read(session -> {
            List<Open> open = session.query(
                    OPEN_DELIVERIES, row -> new Open(DeliveryState.of(row.getInt(1)), row.getLong(2)), target);
            Long oldest = session.first(OLDEST, row -> row.getLong(1), target);
            return new Backlog(
                    count(open, DeliveryState.PENDING),
                    count(open, DeliveryState.DEAD),
                    oldest == null ? null : Instant.ofEpochMilli(oldest));
        });
    }

    private static long count(List<Open> open, DeliveryState state) {
        return open.stream()
                .filter(counted -> counted.state() == state)
                .mapToLong(Open::count)
                .sum();
    }

    private static List<StoredDelivery> sorted(List<StoredDelivery> deliveries) {
        List<StoredDelivery> byName = new ArrayList<>(deliveries);
        byName.sort(Comparator.comparing(StoredDelivery::target));
        return Collections.unmodifiableList(byName);
    }
}
