package io.tandem.entry.folder;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * Writes what became of the records of one file, in their order: the reply file, and the retry file when there is
 * something for it. Both appear when they are complete and on disk. After an {@link IOException} the same call may be
 * made again. Not thread-safe.
 */
final class ReplyWriter {
    private final InboxFolders folders;
    private final Claims claims;
    private final FileKind kind;
    private final PendingFile replies;

    @Nullable
    private PendingFile retry;

    ReplyWriter(InboxFolders folders, Claims claims, FileKind kind) throws IOException {
        this.folders = folders;
        this.claims = claims;
        this.kind = kind;
        this.replies = new PendingFile(folders.replies().resolve(claims.partName()));
    }

    /** @param body what targets received, or null when the record could not be sent */
    void write(FileRecord record, byte @Nullable [] body, RecordResult result) throws IOException {
        replies.flushIfFull();
        PendingFile undelivered = retry;
        if (undelivered != null) {
            undelivered.flushIfFull();
        }
        if (!result.met() && result.retry() && body != null && !kind.isOneMessage()) {
            if (undelivered == null) {
                undelivered = new PendingFile(folders.failed().resolve(claims.partName()));
                retry = undelivered;
            }
            undelivered.add(body);
            undelivered.add(new byte[] {'\n'});
        }
        // from here on, nothing can fail
        String head = record.number() == 0
                ? "{\"line\":" + record.line() + ","
                : "{\"record\":" + record.number() + ",\"line\":" + record.line() + ",";
        replies.add(head.getBytes(StandardCharsets.US_ASCII));
        byte[] json = result.json();
        replies.add(json, 1, json.length - 1);
        replies.add(new byte[] {'\n'});
    }

    /**
     * Brings all of it to the disk, under names made of {@code name}.
     *
     * @param over whether what is there under these names is the same file's, of somebody who was killed right then
     */
    void publish(String name, boolean over) throws IOException {
        replies.publish(folders.replies(), name + kind.replySuffix(), over);
        String retryName = name + FileNames.RETRY_SUFFIX;
        if (retry != null) {
            retry.publish(folders.failed(), retryName, over);
        } else if (over) {
            Files.deleteIfExists(folders.failed().resolve(retryName));
        }
    }

    /** Removes what is not published. */
    void discard() throws IOException {
        replies.discard();
        if (retry != null) {
            retry.discard();
        }
    }
}
