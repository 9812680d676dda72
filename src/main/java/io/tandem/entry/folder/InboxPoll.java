package io.tandem.entry.folder;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.PollingConsumerPollStrategy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides at each poll whether files are taken: not while their replies could not be written, not more than can be
 * worked on. In routes: {@code pollStrategy: "#inboxPoll"}. Thread-safe.
 */
final class InboxPoll implements PollingConsumerPollStrategy {
    /** Files worked on at the same time: each is open, with its replies. */
    static final int MAX_FILES = 64;

    private static final Logger LOG = LoggerFactory.getLogger(InboxPoll.class);

    private final InboxFolders folders;
    private final Claims claims;
    private final BooleanSupplier draining;

    @Nullable
    private String fault;

    InboxPoll(InboxFolders folders, Claims claims, BooleanSupplier draining) {
        this.folders = folders;
        this.claims = claims;
        this.draining = draining;
    }

    @Override
    public boolean begin(Consumer consumer, Endpoint endpoint) {
        if (draining.getAsBoolean() || claims.size() >= MAX_FILES) {
            return false;
        }
        try {
            folders.prepare();
            claims.open();
        } catch (IOException e) {
            complain(e);
            return false;
        }
        recovered();
        return true;
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

    /** Once per reason, however often it is tried. */
    private synchronized void complain(Exception e) {
        String reason = e.toString();
        if (!reason.equals(fault)) {
            fault = reason;
            LOG.error(
                    "no files are taken from {}: {}; make it a folder that Tandem may read and write, and those beside it",
                    folders.inbox(),
                    reason);
        }
    }

    private synchronized void recovered() {
        if (fault != null) {
            fault = null;
            LOG.info("files are taken from {} again", folders.inbox());
        }
    }
}
