package io.tandem.journal;

import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after this instance and the others. Its tasks are run every so often, each by one thread at a time. */
final class Instances {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");
    private static final long NOBODYS_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Context context;
    private final Database database;
    private final SharedOwnership ownership;
    private final Map<String, Boolean> idempotent;
    private long nobodysLooked = System.nanoTime() - NOBODYS_NANOS;

    Instances(Context context, Database database, SharedOwnership ownership, Map<String, Boolean> idempotent) {
        this.context = context;
        this.database = database;
        this.ownership = ownership;
        this.idempotent = idempotent;
    }

    /** Tells that this instance lives. */
    void beat() {
        try {
            ownership.beat();
        } catch (SQLException e) {
            throw new JournalException(database.explain(e), e);
        }
    }

    /** Has what dead instances had taken let go of. */
    void takeOver(GroupWriter writer) {
        for (TakeOverOperation.Dead dead : ownership.dead()) {
            takeOver(writer, dead);
        }
        if (System.nanoTime() - nobodysLooked >= NOBODYS_NANOS) {
            nobodysLooked = System.nanoTime();
            takeOver(writer, TakeOverOperation.Dead.NOBODY);
        }
    }

    private void takeOver(GroupWriter writer, TakeOverOperation.Dead dead) {
        TakeOverOperation operation = new TakeOverOperation(context, idempotent, dead);
        writer.submit(operation);
        int taken = operation.stage().toCompletableFuture().join();
        if (taken > 0) {
            LOG.warn("{} deliveries of an instance that has died were taken over", taken);
        }
    }
}
