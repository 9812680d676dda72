package io.tandem.message;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one message, merged: what a caller gets.
 *
 * @param policy the completion policy as configured
 * @param policyMet whether the message counts as a success
 * @param deliveries in the order of the routes
 * @param merged what a shape other than {@code collect} makes of the replies; null for none
 */
public record MergedReply(
        String id, String policy, boolean policyMet, List<Delivery> deliveries, @Nullable Merged merged) {

    /** What a shape makes of the replies. */
    public sealed interface Merged permits Members, Alone, MergedBody, NotMerged {}

    /**
     * Members that stand before the replies.
     *
     * @param json one or more members, without braces, UTF-8
     * @param bodies whether the replies still show their bodies
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Members(byte[] json, boolean bodies) implements Merged {}

    /** One body that is the whole answer to a caller over HTTP; in a file it stands among the replies as ever. */
    public record Alone(ReplyBody body) implements Merged {}

    /** The merging itself has failed, whatever the targets say: the caller gets the problem, and the replies as they are. */
    public record NotMerged(Problem problem) implements Merged {}

    public MergedReply {
        deliveries = List.copyOf(deliveries);
    }

    /** {@code complete} when every target took the message that was meant to get it, {@code failed} when none did, else {@code partial}. */
    public String outcome() {
        int delivered = 0;
        int excluded = 0;
        for (Delivery delivery : deliveries) {
            delivered += delivery.delivered() ? 1 : 0;
            excluded += delivery.excluded() ? 1 : 0;
        }
        if (delivered + excluded == deliveries.size()) {
            return "complete";
        }
        return delivered == 0 ? "failed" : "partial";
    }

    /** 200; or 502, or 504 when each target that did not take the message had timed out; or 500 when merging failed. */
    public int httpStatus() {
        if (!policyMet) {
            return problemType().status();
        }
        return merged instanceof NotMerged not ? not.problem().status() : 200;
    }

    /**
     * The document: the merged reply, or, when the policy is not met or merging failed, a problem that has its members
     * too. UTF-8.
     */
    public byte[] toJson() {
        JsonBuffer out = new JsonBuffer(estimatedSize()).raw('{');
        Problem problem = problem();
        if (problem != null) {
            problem.writeMembers(out, problem.status());
            out.comma().name("instance").string("/messages/" + id).comma();
        }
        out.name("id").string(id);
        out.comma().name("outcome").string(outcome());
        out.comma().name("policy").string(policy);
        if (merged instanceof Members members) {
            out.comma().raw(members.json());
        } else if (merged instanceof MergedBody own) {
            ReplyBody body = ReplyBody.of(own.bytes(), own.contentType());
            out.comma().name("body").raw(body.json());
            if (body.encoding() != null) {
                out.comma().name("bodyEncoding").string(body.encoding());
            }
        }
        boolean bodies = !(merged instanceof Members members) || members.bodies();
        out.comma().name("replies").raw('{');
        for (int i = 0; i < deliveries.size(); i++) {
            if (i > 0) {
                out.comma();
            }
            Delivery delivery = deliveries.get(i);
            out.name(delivery.target());
            delivery.writeTo(out, bodies);
        }
        return out.raw("}}").toByteArray();
    }

    /** The media type of {@link #toJson()}. */
    public String contentType() {
        return policyMet && !(merged instanceof NotMerged) ? "application/json" : Problem.MEDIA_TYPE;
    }

    /** Why there is no merged reply; null when there is one. */
    public @Nullable Problem problem() {
        if (policyMet) {
            return merged instanceof NotMerged not ? not.problem() : null;
        }
        String why = unmet().stream()
                .map(delivery -> delivery.target() + ' ' + delivery.outcome().word())
                .collect(Collectors.joining(", "));
        return Problem.of(
                problemType(),
                "Policy " + policy + " was not met: " + (why.isEmpty() ? "conditions exclude too many targets" : why)
                        + '.');
    }

    /** Those that were meant to get the message, and have not taken it. */
    private List<Delivery> unmet() {
        return deliveries.stream()
                .filter(delivery -> !delivery.delivered() && !delivery.excluded())
                .toList();
    }

    private ProblemType problemType() {
        List<Delivery> unmet = unmet();
        boolean allTimedOut =
                !unmet.isEmpty() && unmet.stream().allMatch(delivery -> delivery.outcome() == Outcome.TIMED_OUT);
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
