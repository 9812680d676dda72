package io.tandem.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the demo APIs fail, slow down and recover in turn, for ever. Belongs to one thread of the timer; says in the log what
 * comes.
 */
final class Chaos {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.demo");

    private static final String WELL = "{\"latencyMs\":50,\"jitterMs\":30,\"failureRate\":0,\"mode\":\"ok\"}";

    /** One thing that comes over an API. */
    private record Trouble(String api, String what, String behaviour) {}

    private static final List<Trouble> TURNS = List.of(
            new Trouble(Demo.API_TWO, "slow", "{\"latencyMs\":700,\"jitterMs\":900}"),
            new Trouble(Demo.API_TWO, "failing in part", "{\"failureRate\":0.6}"),
            new Trouble(Demo.API_ONE, "hanging", "{\"mode\":\"hang\"}"),
            new Trouble(Demo.API_TWO, "breaking off its replies", "{\"mode\":\"garbage\"}"),
            new Trouble(Demo.API_ONE, "refusing tokens", "{\"mode\":\"refuse-token\"}"));

    private final Map<String, DemoApi> apis;

    /** Two for each trouble: it comes, and it goes. */
    private int step;

    private Chaos(Map<String, DemoApi> apis) {
        this.apis = apis;
    }

    /** @param pause from one change to the next */
    static void start(Map<String, DemoApi> apis, ScheduledExecutorService timer, Duration pause) {
        Chaos chaos = new Chaos(Map.copyOf(apis));
        Future<?> unused =
                timer.scheduleAtFixedRate(chaos::change, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void change() {
        Trouble trouble = TURNS.get(step / 2 % TURNS.size());
        boolean comes = step++ % 2 == 0;
        DemoApi api = apis.get(trouble.api());
        if (api != null) {
            api.behave((comes ? trouble.behaviour() : WELL).getBytes(StandardCharsets.UTF_8));
            LOG.info("{} is {}", trouble.api(), comes ? trouble.what() : "well again");
        }
    }
}
