package io.tandem.observe;

import io.tandem.message.JsonBuffer;
import io.tandem.message.MergedReply;
import io.tandem.message.Problem;
import java.time.Clock;

/** For programs that know the Elastic Common Schema; what that has no name for is under {@code tandem}. */
final class EcsLine implements AccessFormat {
    private static final String VERSION = "8.11.0";

    private final Clock clock;
    private final TextLine text = new TextLine();

    EcsLine(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String replied(Head head, MergedReply reply) {
        JsonBuffer line = start(head, text.replied(head, reply), reply.policyMet() ? "success" : "failure");
        JsonLine.writeReply(startOwn(line, head).comma(), reply);
        return line.raw("}}").toString();
    }

    @Override
    public String answered(Head head) {
        // that it was taken, or answered before, says nothing of how it went
        return startOwn(start(head, text.answered(head), "unknown"), head)
                .raw("}}")
                .toString();
    }

    @Override
    public String failed(Head head, Problem problem) {
        JsonBuffer line = start(head, text.failed(head, problem), "failure");
        line.comma().name("error.type").string(problem.type().type());
        line.comma().name("http.response.status_code").number(problem.status());
        return startOwn(line, head).raw("}}").toString();
    }

    private JsonBuffer start(Head head, String message, String outcome) {
        JsonBuffer line = new JsonBuffer(512)
                .raw('{')
                .name("@timestamp")
                .string(clock.instant().toString());
        line.comma().name("log.level").string("INFO");
        line.comma().name("message").string(message);
        line.comma().name("ecs.version").string(VERSION);
        line.comma().name("service.name").string("tandem");
        line.comma().name("event.dataset").string("tandem.access");
        line.comma().name("event.outcome").string(outcome);
        line.comma().name("event.duration").number(head.took().toNanos());
        if (head.traceId() != null) {
            line.comma().name("trace.id").string(head.traceId());
        }
        return line;
    }

    private static JsonBuffer startOwn(JsonBuffer line, Head head) {
        line.comma().name("tandem").raw('{').name("id").string(head.id());
        line.comma().name("entry").string(head.entry());
        return line.comma().name("outcome").string(head.outcome());
    }
}
