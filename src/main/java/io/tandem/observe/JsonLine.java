package io.tandem.observe;

import io.tandem.message.Delivery;
import io.tandem.message.JsonBuffer;
import io.tandem.message.MergedReply;
import io.tandem.message.Problem;
import java.time.Clock;

/** For programs: an object in a line. */
final class JsonLine implements AccessFormat {
    private final Clock clock;

    JsonLine(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String replied(Head head, MergedReply reply) {
        JsonBuffer line = start(head);
        writeReply(line.comma(), reply);
        return line.raw('}').toString();
    }

    /** The members that tell what came of each target. */
    static void writeReply(JsonBuffer line, MergedReply reply) {
        line.name("policyMet").bool(reply.policyMet()).comma().name("targets").raw('{');
        String separator = "";
        for (Delivery delivery : reply.deliveries()) {
            line.raw(separator).name(delivery.target()).raw('{');
            line.name("outcome").string(delivery.outcome().word());
            line.comma().name("status").number(delivery.status());
            line.comma().name("attempts").number(delivery.attempts());
            line.comma().name("tookMs").number(delivery.took().toMillis());
            if (delivery.problem() != null) {
                line.comma().name("problem").string(delivery.problem().type().type());
            }
            line.raw('}');
            separator = ",";
        }
        line.raw('}');
    }

    @Override
    public String answered(Head head) {
        return start(head).raw('}').toString();
    }

    @Override
    public String failed(Head head, Problem problem) {
        return start(head)
                .comma()
                .name("problem")
                .string(problem.type().type())
                .comma()
                .name("status")
                .number(problem.status())
                .raw('}')
                .toString();
    }

    private JsonBuffer start(Head head) {
        JsonBuffer line =
                new JsonBuffer(256).raw('{').name("time").string(clock.instant().toString());
        line.comma().name("id").string(head.id());
        line.comma().name("entry").string(head.entry());
        line.comma().name("outcome").string(head.outcome());
        line.comma().name("tookMs").number(head.took().toMillis());
        if (head.traceId() != null) {
            line.comma().name("traceId").string(head.traceId());
        }
        return line;
    }
}
