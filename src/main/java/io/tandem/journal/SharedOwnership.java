package io.tandem.journal;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance among several: tells the others that it lives, and takes over from those that no longer do. By the
 * database's clock alone; this machine's serves only to measure how long ago it was that the database heard of it.
 * Thread-safe.
 */
final class SharedOwnership implements Ownership {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");

    static final String NOW = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

    private static final String REGISTER = "insert into instance (alive_until) values (" + NOW + " + ?) returning id";

    private static final String BEAT = "update instance set alive_until = " + NOW + " + ? where id = ?";

    private static final String DEAD =
            "select id from instance where alive_until + ? < " + NOW + " and id <> ? order by id";

    private static final String LEAVE = "delete from instance where id = ? and not exists (select 1 from delivery"
            + " where state = 0 and state in (0, 2) and owner = ?)";

    private final Database database;
    private final Duration lease;
    private final Duration grace;
    private volatile long id;
    private volatile long heard;

    /**
     * @param lease how long an instance may be silent before it stops taking deliveries
     * @param grace how much longer before others take over what it had taken
     */
    SharedOwnership(Database database, Duration lease, Duration grace) {
        this.database = database;
        this.lease = lease;
        this.grace = grace;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public @Nullable String refusal() {
        return System.nanoTime() - heard < lease.toNanos()
                ? null
                : "the journal's database has not heard of this instance for %d s: nothing is taken until it has"
                        .formatted(lease.toSeconds());
    }

    /** How often {@link #beat} is due. */
    Duration period() {
        return lease.dividedBy(6);
    }

    /** Tells that this instance lives; the first time, that it is there. */
    void beat() throws SQLException {
        Session session = database.begin();
        boolean broken = true;
        try {
            // before the database does: others count from a later moment
            long now = System.nanoTime();
            boolean first = id == 0;
            if (first || session.update(BEAT, lease.toMillis(), id) == 0) {
                Long registered = session.first(REGISTER, row -> row.getLong(1), lease.toMillis());
                session.connection().commit();
                id = registered == null ? 0 : registered;
                if (!first) {
                    LOG.warn("this instance was silent for too long: others have taken over what it had taken");
                }
            } else {
                session.connection().commit();
            }
            heard = now;
            broken = false;
        } finally {
            database.end(session, broken);
        }
    }

    /** Instances that have been silent for so long that nothing they had taken is still under way. */
    List<Long> dead() {
        return database.read(session -> session.query(DEAD, row -> row.getLong(1), grace.toMillis(), id));
    }

    /** What lets go of all that a dead instance had taken. */
    TakeOverOperation takeOver(Context context, Map<String, Boolean> idempotent, long owner) {
        return new TakeOverOperation(context, idempotent, new TakeOverOperation.Dead(owner, grace.toMillis()));
    }

    /** What this instance has taken and not let go of is for the others, once the time is over. */
    void leave() {
        try {
            Session session = database.begin();
            boolean broken = true;
            try {
                if (session.update(LEAVE, id, id) == 0) {
                    session.update(BEAT, 0L, id);
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
