package io.tandem.entry.folder;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.PollingConsumerPollStrategy;

/**
 * Decides at each poll whether files are taken: not while their records could not be written down or their replies not be
 * written, not more than can be worked on. In routes: {@code pollStrategy: "#inboxPoll"}. Thread-safe.
 */
final class InboxPoll implements PollingConsumerPollStrategy {
    /** Files worked on at the same time: each is open, with its replies. */
    static final int MAX_FILES = 64;

    private final InboxFolders folders;
    private final Claims claims;
    private final Intake intake;
    private final BooleanSupplier draining;

    InboxPoll(InboxFolders folders, Claims claims, Intake intake, BooleanSupplier draining) {
        this.folders = folders;
        this.claims = claims;
        this.intake = intake;
        this.draining = draining;
    }

    @Override
    public boolean begin(Consumer consumer, Endpoint endpoint) {
        if (draining.getAsBoolean() || !intake.journalTakes()) {
            return false;
        }
        try {
            folders.prepare();
            claims.open();
        } catch (IOException e) {
            intake.stopped(e);
            return false;
        }
        intake.goesOn();
        return claims.size() < MAX_FILES;
    }

    @Override
    public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
        // all is done by the files' own runs
    }

    @Override
    public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) {
        // Camel logs it
        return false;
    }
}
