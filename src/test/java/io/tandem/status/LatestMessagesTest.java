package io.tandem.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.message.Delivery;
import io.tandem.message.ForwardingObserver;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import io.tandem.message.Span;
import io.tandem.message.TraceContext;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LatestMessagesTest {
    private final List<String> told = new ArrayList<>();
    private final LatestMessages latest = new LatestMessages(observer(told), Clock.systemUTC());

    private static MessageObserver observer(List<String> told) {
        return (MessageObserver) Proxy.newProxyInstance(
                MessageObserver.class.getClassLoader(),
                new Class<?>[] {MessageObserver.class},
                (proxy, method, values) -> {
                    told.add(method.getName());
                    return null;
                });
    }

    private String reply(Outcome outcome) {
        Message message = Message.create("http", Map.of(), Span.unrecorded(TraceContext.root()), Duration.ofSeconds(1));
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
    void whateverItIsToldIsHandedOn() throws Exception {
        for (Method method : MessageObserver.class.getMethods()) {
            // a default method that is forgotten there would be lost without a word
            assertThat(ForwardingObserver.class.getDeclaredMethod(method.getName(), method.getParameterTypes()))
                    .isNotNull();
        }
        latest.refused("http", "reference", Problem.of(ProblemType.MALFORMED_JSON, null));
        reply(Outcome.DELIVERED);

        assertThat(told).containsExactly("refused", "accepted", "replied");
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
