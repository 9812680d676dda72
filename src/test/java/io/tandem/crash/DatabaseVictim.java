package io.tandem.crash;

import io.tandem.support.Postgres;
import java.io.IOException;

/** A database that is killed and comes back. */
record DatabaseVictim(Postgres postgres) implements CrashRun.Victim {
    @Override
    public void kill() throws IOException {
        postgres.kill();
    }

    @Override
    public void launch() throws IOException {
        postgres.startAgain();
    }

    @Override
    public void awaitReady() {
        // it is, and Tandem must find out by itself
    }
}
