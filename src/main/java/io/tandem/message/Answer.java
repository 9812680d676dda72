package io.tandem.message;

import org.jspecify.annotations.Nullable;

/**
 * What a caller is told in the end, as it can be kept and told again byte for byte.
 *
 * @param status an HTTP status
 * @param outcome {@code complete}, {@code partial} or {@code failed}
 * @param serverTiming how long each target took, for the header of that name
 * @param body UTF-8; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy per message would cost
public record Answer(int status, String contentType, String outcome, @Nullable String serverTiming, byte[] body) {

    /** The answer that a merged reply makes. */
    public static Answer of(MergedReply reply) {
        if (reply.policyMet() && reply.merged() instanceof MergedReply.Alone alone) {
            ReplyBody body = alone.body();
            return new Answer(200, body.contentType(), reply.outcome(), serverTiming(reply), body.bytes());
        }
        if (reply.policyMet() && reply.merged() instanceof MergedBody own) {
            return new Answer(200, own.contentType(), reply.outcome(), serverTiming(reply), own.bytes());
        }
        return new Answer(
                reply.httpStatus(), reply.contentType(), reply.outcome(), serverTiming(reply), reply.toJson());
    }

    /** Whether the completion policy was met, and what the caller was told is the merged reply. */
    public boolean met() {
        return status < 300;
    }

    private static String serverTiming(MergedReply reply) {
        StringBuilder timing = new StringBuilder(64);
        for (Delivery delivery : reply.deliveries()) {
            if (timing.length() > 0) {
                timing.append(", ");
            }
            timing.append(delivery.target())
                    .append(";dur=")
                    .append(delivery.took().toMillis());
        }
        return timing.toString();
    }
}
