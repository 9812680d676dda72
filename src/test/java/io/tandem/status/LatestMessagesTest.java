package io.tandem.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tandem.config.Settings;
import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import io.tandem.message.TraceContext;
import io.tandem.observe.MessageWatch;
import io.tandem.observe.Meters;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LatestMessagesTest {
    private final LatestMessages latest = new LatestMessages(
            new MessageWatch(Settings.AccessLog.OFF, new Meters(new SimpleMeterRegistry())), Clock.systemUTC());

    private String reply(Outcome outcome) {
        Message message = Message.create("http", Map.of(), TraceContext.root(), Duration.ofSeconds(1));
        Problem problem = outcome == Outcome.DELIVERED ? null : Problem.of(ProblemType.TARGET_FAILED, null);
        ReplyBody body =
                ReplyBody.of("{\"large\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8), "application/json");
        Delivery delivery = new Delivery("api-one", outcome, 200, Duration.ofMillis(3), 1, body, problem, null);
        latest.accepted(message);
        latest.replied(
                message, new MergedReply(message.id(), "all", true, List.of(delivery), null), Duration.ofMillis(4));
        return message.id();
    }

    private LatestMessages.@Nullable Answered find(String id) {
        return latest.story(id).answered();
    }

    @Test
    void messageThatFailedIsRememberedWhenManyGoodOnesFollow() {
        String failed = reply(Outcome.FAILED);
        String fine = reply(Outcome.DELIVERED);

        for (int i = 0; i < LatestMessages.REMEMBERED; i++) {
            reply(Outcome.DELIVERED);
        }

        assertThat(find(failed)).isNotNull();
        assertThat(find(fine)).isNull();
        assertThat(latest.latest()).hasSize(LatestMessages.REMEMBERED + 1);
    }

    @Test
    void repliesAreNotHeld() {
        String id = reply(Outcome.DELIVERED);

        assertThat(find(id)).isNotNull().satisfies(answered -> assertThat(answered.deliveries())
                .allSatisfy(delivery -> assertThat(delivery.body()).isNull()));
    }

    @Test
    void floodOfRefusalsDrivesNothingElseOut() {
        String failed = reply(Outcome.FAILED);

        for (int i = 0; i < 10 * LatestMessages.REMEMBERED; i++) {
            latest.refused("http", "ref-" + i, Problem.of(ProblemType.MALFORMED_JSON, null));
            latest.refused("http", "busy-" + i, Problem.of(ProblemType.SATURATED, null));
        }

        assertThat(find(failed)).isNotNull();
        assertThat(latest.latest()).hasSize(LatestMessages.REMEMBERED + 1).noneMatch(one -> one.id()
                .startsWith("busy"));
    }
}
