package io.tandem.entry.folder;

import io.tandem.message.Json;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a file or a record. Nothing of its content is repeated. */
final class Faults {
    private Faults() {}

    static Problem malformed(String detail) {
        return Problem.of(ProblemType.MALFORMED_RECORD, detail);
    }

    static Problem tooLarge(String what, int max) {
        return Problem.of(
                ProblemType.BODY_TOO_LARGE,
                what + " is larger than " + max + " bytes, the most that is taken (tandem.inbox.max-record).");
    }

    static Problem unreadable(long behind) {
        return malformed("The file can't be read on behind record " + behind + "; see the log.");
    }

    static Problem empty() {
        return malformed("The file is empty.");
    }

    /** Why a record is not JSON in UTF-8, or null when it is; {@code what} starts the sentence. */
    static @Nullable Problem json(String what, byte[] body, boolean oneLine) {
        // the parser would detect and take UTF-16 and UTF-32, but no target expects them (RFC 8259 §8.1)
        boolean zero = body.length > 1 && (body[0] == 0 || body[1] == 0);
        if (zero || !Utf8.isValid(body)) {
            return notJson(what + " is not text in UTF-8.");
        }
        String fault = Json.fault(body);
        if (fault == null) {
            return null;
        }
        // within a record of one line, its own number would be mistaken for that of the file
        return notJson(what + " is not JSON: " + (oneLine ? fault.replace("at line 1, ", "at ") : fault) + ".");
    }

    private static Problem notJson(String detail) {
        return Problem.of(ProblemType.MALFORMED_JSON, detail);
    }
}
