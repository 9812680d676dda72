package io.tandem.journal;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance among several: tells the others until when something may be under way that it has taken, and takes over
 * from those that have not moved that moment on. By the database's clock; this machine's serves only to measure how long
 * something has been so, as a clock that is set may make anybody look dead. Thread-safe.
 */
final class SharedOwnership implements Ownership {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");

    private static final String NOW = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

    private static final String REGISTER = "insert into instance (alive_until) values (" + NOW + " + ?) returning id";

    /** Under the same number, as something may have been taken under it since. */
    private static final String REGISTER_AGAIN =
            "insert into instance (alive_until, id) values (" + NOW + " + ?, ?) on conflict (id) do nothing";

    private static final String BEAT = "update instance set alive_until = " + NOW + " + ? where id = ?";

    private static final String OTHERS =
            "select id, alive_until, alive_until < " + NOW + " from instance where id <> ? order by id";

    private static final String LEAVE = "delete from instance where id = ? and not exists (select 1 from delivery"
            + " where state = 0 and state in (0, 2) and owner = ?)";

    private static final int BEATS_IN_LEASE = 6;
    private static final int MISSED_BEATS = 2;

    private final Database database;
    private final Duration lease;
    private final Duration margin;
    private volatile Duration longest;
    private volatile Duration announced = Duration.ZERO;
    private volatile long id;
    private volatile long heard;

    /** What was last seen of the others, since when. For the one who looks for the dead. */
    private final Map<Long, Seen> seen = new HashMap<>();

    /** @param nanos when it was seen for the first time */
    private record Seen(long aliveUntil, boolean over, long nanos) {}

    /**
     * @param lease how long an instance may be silent before it stops taking deliveries
     * @param margin what is added to it and to the longest attempt, before others take over what it had taken
     * @param longest how long an attempt may go on after its delivery was taken
     */
    SharedOwnership(Database database, Duration lease, Duration margin, Duration longest) {
        this.database = database;
        this.lease = lease;
        this.margin = margin;
        this.longest = longest;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public @Nullable String refusal() {
        return System.nanoTime() - heard < lease.toNanos() && announced.compareTo(longest) >= 0
                ? null
                : "the journal's database has not heard of this instance for %d s: nothing is taken until it has"
                        .formatted(lease.toSeconds());
    }

    @Override
    public boolean isShared() {
        return true;
    }

    /** How often {@link #beat} is due. */
    Duration period() {
        return lease.dividedBy(BEATS_IN_LEASE);
    }

    /** The others are told first. Never less than before: an attempt that has begun goes on. */
    @Override
    public synchronized void allow(Duration attempt) {
        if (attempt.compareTo(longest) <= 0) {
            return;
        }
        try {
            beat(attempt);
        } catch (SQLException e) {
            LOG.debug("nothing is taken until the others can know how long it may take", e);
        } finally {
            longest = attempt;
        }
    }

    /** Tells that this instance lives; the first time, that it is there. */
    synchronized void beat() throws SQLException {
        beat(longest);
    }

    private void beat(Duration attempt) throws SQLException {
        long promise = lease.plus(attempt).plus(margin).toMillis();
        Session session = database.begin();
        boolean broken = true;
        try {
            // before the database does: others count from a later moment
            long now = System.nanoTime();
            if (id == 0) {
                Long registered = session.first(REGISTER, row -> row.getLong(1), promise);
                session.connection().commit();
                id = registered == null ? 0 : registered;
            } else if (session.update(BEAT, promise, id) == 0) {
                session.update(REGISTER_AGAIN, promise, id);
                session.connection().commit();
                LOG.warn("this instance was silent for too long: others have taken over what it had taken");
            } else {
                session.connection().commit();
            }
            announced = attempt;
            heard = now;
            broken = false;
        } finally {
            database.end(session, broken);
        }
    }

    /** Instances that have been silent for so long that nothing they had taken is still under way. By one at a time. */
    List<TakeOverOperation.Dead> dead() {
        long now = System.nanoTime();
        Map<Long, Seen> others = new HashMap<>();
        database.read(session -> session.query(
                OTHERS, row -> others.put(row.getLong(1), new Seen(row.getLong(2), row.getBoolean(3), now)), id));
        List<TakeOverOperation.Dead> dead = new ArrayList<>();
        others.replaceAll((other, found) -> {
            Seen before = seen.get(other);
            long since = before != null && before.aliveUntil() == found.aliveUntil() ? before.nanos() : now;
            if (found.over() && now - since >= MISSED_BEATS * period().toNanos()) {
                dead.add(new TakeOverOperation.Dead(other, found.aliveUntil()));
            }
            return new Seen(found.aliveUntil(), found.over(), since);
        });
        seen.clear();
        seen.putAll(others);
        return dead;
    }

    /** What this instance has taken and not let go of is for the others, once the time is over. */
    void leave() {
        try {
            Session session = database.begin();
            boolean broken = true;
            try {
                if (session.update(LEAVE, id, id) == 0) {
                    session.update(BEAT, longest.plus(margin).toMillis(), id);
                }
                session.connection().commit();
                broken = false;
            } finally {
                database.end(session, broken);
            }
        } catch (SQLException e) {
            LOG.debug("the other instances find out by themselves that this one has gone", e);
        }
    }
}
