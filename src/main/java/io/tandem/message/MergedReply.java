package io.tandem.message;

import java.util.List;

/**
 * The deliveries of one message, merged: what a caller gets.
 *
 * @param policy the completion policy as configured
 * @param policyMet whether the message counts as a success
 * @param deliveries in the order of the routes
 */
public record MergedReply(String id, String policy, boolean policyMet, List<Delivery> deliveries) {

    public MergedReply {
        deliveries = List.copyOf(deliveries);
    }

    /** {@code complete} when every target took the message, {@code failed} when none did, else {@code partial}. */
    public String outcome() {
        long delivered = deliveries.stream().filter(Delivery::delivered).count();
        if (delivered == deliveries.size()) {
            return "complete";
        }
        return delivered == 0 ? "failed" : "partial";
    }

    /** 200, or 502, or 504 when each target that did not take the message had timed out. */
    public int httpStatus() {
        return policyMet ? 200 : problemType().status();
    }

    /** The document: the merged reply, or, when the policy is not met, a problem that has its members too. UTF-8. */
    public byte[] toJson() {
        JsonBuffer out = new JsonBuffer(estimatedSize()).raw('{');
        if (!policyMet) {
            problem().writeMembers(out, httpStatus());
            out.comma().name("instance").string("/messages/" + id).comma();
        }
        out.name("id").string(id);
        out.comma().name("outcome").string(outcome());
        out.comma().name("policy").string(policy);
        out.comma().name("replies").raw('{');
        for (int i = 0; i < deliveries.size(); i++) {
            if (i > 0) {
                out.comma();
            }
            Delivery delivery = deliveries.get(i);
            out.name(delivery.target());
            delivery.writeTo(out);
        }
        return out.raw("}}").toByteArray();
    }

    /** The media type of {@link #toJson()}. */
    public String contentType() {
        return policyMet ? "application/json" : Problem.MEDIA_TYPE;
    }

    private Problem problem() {
        StringBuilder detail = new StringBuilder("Policy ").append(policy).append(" was not met:");
        String separator = " ";
        for (Delivery delivery : deliveries) {
            if (!delivery.delivered()) {
                detail.append(separator)
                        .append(delivery.target())
                        .append(' ')
                        .append(delivery.outcome().word());
                separator = ", ";
            }
        }
        return Problem.of(problemType(), detail.append('.').toString());
    }

    private ProblemType problemType() {
        boolean allTimedOut = deliveries.stream()
                .filter(delivery -> !delivery.delivered())
                .allMatch(delivery -> delivery.outcome() == Outcome.TIMED_OUT);
        return allTimedOut ? ProblemType.POLICY_TIMED_OUT : ProblemType.POLICY_NOT_MET;
    }

    private int estimatedSize() {
        int size = 256;
        for (Delivery delivery : deliveries) {
            ReplyBody body = delivery.body();
            size += 192 + (body == null ? 0 : body.json().length);
        }
        return size;
    }
}
