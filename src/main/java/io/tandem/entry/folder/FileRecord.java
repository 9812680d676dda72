package io.tandem.entry.folder;

import io.tandem.message.Problem;
import org.jspecify.annotations.Nullable;

/**
 * One message of a file, or what is wrong where one should be. Immutable as long as nobody writes to {@code body}.
 *
 * @param number 1 for the first of the file; 0 for a fault of the file as a whole
 * @param line where it starts, 1 for the first line of the file
 * @param body what targets receive, null when there is a fault
 * @param fault why it is no message, null when it is
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy per record would cost
record FileRecord(long number, long line, byte @Nullable [] body, @Nullable Problem fault) {

    static FileRecord good(long number, long line, byte[] body) {
        return new FileRecord(number, line, body, null);
    }

    static FileRecord bad(long number, long line, Problem fault) {
        return new FileRecord(number, line, null, fault);
    }

    /** The file as a whole is not what its name says. */
    static FileRecord badFile(Problem fault) {
        return new FileRecord(0, 1, null, fault);
    }
}
