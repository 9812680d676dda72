package io.tandem.entry.folder;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.GenericFileProcessStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a file by an atomic rename out of the inbox, and sees to it that it ends in {@code done} or {@code failed} when
 * the route did not do so itself. In routes: {@code processStrategy: "#claimFile"}. Thread-safe.
 *
 * <p>Camel's {@code preMove}, {@code move} and {@code moveFailed} would first delete a file that has the new name
 * already.
 */
final class ClaimFile implements GenericFileProcessStrategy<File> {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimFile.class);

    private final InboxFolders folders;
    private final Claims claims;
    private final SettledFiles settled;

    ClaimFile(InboxFolders folders, Claims claims, SettledFiles settled) {
        this.folders = folders;
        this.claims = claims;
        this.settled = settled;
    }

    @Override
    public void prepareOnStartup(GenericFileOperations<File> operations, GenericFileEndpoint<File> endpoint) {
        // done by InboxPoll, which may fail and try again
    }

    @Override
    public boolean begin(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        if (claims.size() >= InboxPoll.MAX_FILES) {
            return false;
        }
        Claim claim;
        try {
            claim = claims.claim(Path.of(file.getAbsoluteFilePath()));
        } catch (IOException e) {
            settled.refused(file.getFileNameOnly(), "it can't be moved (" + e + "): let Tandem rename files here");
            return false;
        }
        if (claim == null) {
            return false;
        }
        settled.forget(claim.name());
        exchange.setProperty(Claim.PROPERTY, claim);
        FileConsumer.asGenericFile(folders.inbox().toString(), claim.path().toFile(), null, false)
                .bindToExchange(exchange);
        return true;
    }

    @Override
    public void abort(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        // nothing was taken
    }

    @Override
    public void commit(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        end(exchange, folders.done());
    }

    @Override
    public void rollback(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        end(exchange, folders.failed());
    }

    private void end(Exchange exchange, Path folder) {
        Claim claim = exchange.getProperty(Claim.PROPERTY, Claim.class);
        if (claim != null && claims.isLive(claim)) {
            try {
                claims.settle(claim, folder, claim.name());
            } catch (IOException e) {
                LOG.error(
                        "{} can't be moved to {} ({}): move it there, or it is taken up again at the next start",
                        FileNames.printable(claim.path().toString()),
                        folder,
                        e.toString());
            }
        }
    }
}
