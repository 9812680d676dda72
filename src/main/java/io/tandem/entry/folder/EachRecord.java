package io.tandem.entry.folder;

import io.tandem.config.Settings;
import io.tandem.journal.GuaranteedDelivery;
import io.tandem.message.MessageObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;

/**
 * Wraps the steps that each record of a file goes through (splitter and resequencer in one, with guaranteed order of
 * replies and bounded memory). In YAML:
 *
 * <pre>{@code
 * - policy:
 *     ref: eachRecord
 *     steps:
 *       - to: direct:scatter-gather
 * }</pre>
 *
 * <p>Thread-safe; belongs to the application and is used by any number of routes.
 */
final class EachRecord implements Policy {
    /**
     * What the runs of all files share.
     *
     * @param lookups by hash of the body: who looks for a message to go on with
     */
    record Services(
            InboxFolders folders,
            Claims claims,
            Window window,
            Turns lookups,
            Settings.Inbox settings,
            Duration deadline,
            FolderEntry.Times times,
            GuaranteedDelivery delivery,
            Intake intake,
            MessageObserver observer,
            Executor executor,
            Set<FileRun> runs,
            BooleanSupplier draining) {}

    private final Services services;

    EachRecord(Services services) {
        this.services = services;
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // nothing to prepare
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return new EachRecordProcessor(services, route, steps);
    }
}
