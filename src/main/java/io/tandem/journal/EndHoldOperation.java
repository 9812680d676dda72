package io.tandem.journal;

import java.sql.SQLException;

/** Gives messages back to retention. */
final class EndHoldOperation extends Operation<Void> {
    private static final String END = "delete from retention_hold where holder = ?";

    private final String holder;

    EndHoldOperation(String holder) {
        this.holder = holder;
    }

    @Override
    void run(Session session) throws SQLException {
        session.update(END, holder);
    }

    @Override
    void committed() {
        ReleaseOperation.done(this);
    }

    @Override
    boolean isLasting() {
        return true;
    }
}
