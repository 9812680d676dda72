package io.tandem.journal;

import java.sql.SQLException;

/** Exempts messages from retention. */
final class HoldOperation extends Operation<Void> {
    private static final String HOLD =
            """
            insert into retention_hold (holder, key_prefix, since) values (?, ?, ?)
            on conflict (holder, key_prefix) do update set since = excluded.since""";

    private final Context context;
    private final String holder;
    private final String keyPrefix;

    HoldOperation(Context context, String holder, String keyPrefix) {
        this.context = context;
        this.holder = holder;
        this.keyPrefix = keyPrefix;
    }

    @Override
    void run(Session session) throws SQLException {
        session.update(HOLD, holder, keyPrefix, context.now());
    }

    @Override
    void committed() {
        ReleaseOperation.done(this);
    }
}
