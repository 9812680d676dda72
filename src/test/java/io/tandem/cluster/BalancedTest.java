package io.tandem.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.cluster.Balancer.Server;
import io.tandem.proof.Arrival;
import io.tandem.proof.Bodies;
import io.tandem.proof.Faults;
import io.tandem.proof.Ledger;
import io.tandem.proof.OpenLoad;
import io.tandem.proof.RecordingTarget;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tandem behind a load balancer, and before one: each API is several servers. */
class BalancedTest {
    private static final int PER_SECOND = 100;
    private static final int MESSAGES = 400;

    @TempDir
    private Path folder;

    @Test
    void noMessageFailsWhenAServerOfEachApiIsKilledUnderLoad() throws Exception {
        Vertx vertx = Vertx.vertx();
        Ledger ledger = new Ledger();
        try (RecordingTarget one = new RecordingTarget(vertx, "api-one", ledger, Faults.none());
                RecordingTarget oneToo = new RecordingTarget(vertx, "api-one", ledger, Faults.none());
                RecordingTarget two = new RecordingTarget(vertx, "api-two", ledger, Faults.none());
                RecordingTarget twoToo = new RecordingTarget(vertx, "api-two", ledger, Faults.none());
                Balancer apis = new Balancer(folder)
                        .serve("api-one", "/health", List.of(Server.of(one.port()), Server.of(oneToo.port())))
                        .serve("api-two", "/health", List.of(Server.of(two.port()), Server.of(twoToo.port())))
                        .start();
                RunningTandem tandem = RunningTandem.start(settings(apis))) {
            OpenLoad load = new OpenLoad(
                    vertx,
                    tandem.port(),
                    OpenLoad.Plan.of(PER_SECOND, MESSAGES)
                            .withBodies(number -> Bodies.of("m" + number), (number, status, body) -> {}));
            await().atMost(Duration.ofSeconds(60)).until(() -> load.sent() > MESSAGES / 3);
            one.goDown();
            await().atMost(Duration.ofSeconds(60)).until(() -> load.sent() > MESSAGES * 2 / 3);
            twoToo.goDown();
            await().atMost(Duration.ofSeconds(60)).until(load::isOver);

            assertThat(load.answers()).isEqualTo(Map.of(200, MESSAGES));
            Set<String> expected = IntStream.range(0, MESSAGES)
                    .mapToObj(number -> "m" + number)
                    .collect(Collectors.toCollection(TreeSet::new));
            List<Arrival> arrivals = ledger.arrivals().stream()
                    .filter(arrival -> !arrival.body().isEmpty())
                    .toList();
            for (String api : List.of("api-one", "api-two")) {
                Map<String, Set<String>> keys = arrivals.stream()
                        .filter(arrival -> arrival.target().equals(api))
                        .collect(Collectors.groupingBy(
                                Arrival::body, Collectors.mapping(Arrival::key, Collectors.toSet())));
                assertThat(keys.keySet()).as(api).isEqualTo(expected);
                // what came twice, as the answer was lost with the server, came under the same key
                assertThat(keys.values()).allSatisfy(key -> assertThat(key).hasSize(1));
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static Map<String, String> settings(Balancer apis) {
        Map<String, String> settings = new HashMap<>();
        for (String api : List.of("api-one", "api-two")) {
            settings.putAll(RunningTandem.target(api, apis.url(api)));
        }
        return settings;
    }

    /** Tandem believes nobody as to who the caller is or what was called, and tells no target. */
    @Test
    void forwardedHeadersOfCallersChangeNothing() throws Exception {
        try (StubTargets targets = new StubTargets();
                RunningTandem tandem = RunningTandem.start(targets.settings());
                Balancer balancer = new Balancer(folder)
                        .serve(
                                "messages",
                                "/observe/health/ready",
                                List.of(new Server(
                                        tandem.port(), tandem.application().managementPort())))
                        .start()) {
            HttpResponse<String> reply = await().atMost(Duration.ofSeconds(20))
                    .until(
                            () -> tandem.send(HttpRequest.newBuilder(URI.create(balancer.url("messages")))
                                    .header("Content-Type", "application/json")
                                    .header("Prefer", "respond-async")
                                    .header("X-Forwarded-For", "203.0.113.7")
                                    .header("X-Forwarded-Host", "evil.example.com")
                                    .header("X-Forwarded-Proto", "gopher")
                                    .header("X-Forwarded-Prefix", "/evil")
                                    .header("Forwarded", "for=203.0.113.7;host=evil.example.com")
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"order\":1}"))
                                    .build()),
                            // until the first health check, there is no server
                            answer -> answer.statusCode() != 503);

            assertThat(reply.statusCode()).isEqualTo(202);
            assertThat(reply.headers().firstValue("location").orElseThrow()).matches("/messages/[0-9A-Z]{26}");
            assertThat(reply.headers().map().toString() + reply.body()).doesNotContain("evil", "203.0.113.7");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> targets.received("api-one").size() == 1);
            assertThat(targets.received("api-one").get(0).getHeaders().toString())
                    .doesNotContainIgnoringCase("forwarded")
                    .doesNotContain("203.0.113.7");
        }
    }
}
