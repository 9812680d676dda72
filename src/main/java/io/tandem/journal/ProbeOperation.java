package io.tandem.journal;

import java.sql.SQLException;

/** Changes nothing that matters, but has to reach the disk: shows whether the database can be written. */
final class ProbeOperation extends Upkeep<Boolean> {
    private static final String SQLITE =
            "insert into instance (id, alive_until) values (0, 0) on conflict (id) do update set alive_until ="
                    + " alive_until + 1";

    private static final String POSTGRESQL = "update tandem_schema set version = version";

    @Override
    void run(Session session) throws SQLException {
        session.update(session.dialect() == Dialect.SQLITE ? SQLITE : POSTGRESQL);
    }

    @Override
    void committed() {
        complete(true);
    }
}
