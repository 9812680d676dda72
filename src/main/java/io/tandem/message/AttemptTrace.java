package io.tandem.message;

import org.jspecify.annotations.Nullable;

/**
 * When one attempt of a delivery was made, and what came of it. Times are nanoseconds from the intake of the message.
 *
 * @param queued from when it waited for a place and a turn at the target, and for credentials
 * @param sent when the request began to be sent
 * @param ended when the reply was read, or nobody waited for it any more
 * @param status HTTP status of the reply, 0 when there was none
 * @param problem why it did not deliver, null when it did
 */
public record AttemptTrace(
        long queued, long sent, long ended, Outcome outcome, int status, @Nullable ProblemType problem) {}
