package io.tandem.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import io.tandem.config.ConfigurationException;
import io.tandem.support.BrokenEdit;
import io.tandem.support.Ports;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever both targets do, under each completion policy and in each shape: what the caller gets is worked out here a
 * second time, from the two behaviours and the contract alone.
 */
class OutcomeMatrixTest {
    private static final String ONE = "api-one";
    private static final String TWO = "api-two";
    private static final List<String> POLICIES =
            List.of("all", "any", "quorum:1", "quorum:2", "required:api-one", "best-effort", "first");
    private static final List<String> SHAPES = List.of("collect", "merge", "first", "compare");
    /** Where one body is enough. */
    private static final Set<String> POLICIES_OF_FIRST = Set.of("any", "best-effort", "first");

    /** What a target may do, and the outcome that this is. */
    private enum Behaviour {
        ANSWERS("delivered", answer()),
        SAYS_NO("rejected", WireMock.aResponse().withStatus(422)),
        FAILS("failed", WireMock.serverError()),
        DOWN("unreachable", null),
        HUNG("timed-out", null),
        SUSPENDED("skipped", WireMock.serverError()),
        EXCLUDED("skipped", null),

        ANSWERS_LATE("delivered", answer().withLogNormalRandomDelay(20, 0.3)),
        DRIPS("delivered", answer().withChunkedDribbleDelay(4, 60)),
        RESETS("failed", WireMock.aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)),
        CLOSES("failed", WireMock.aResponse().withFault(Fault.EMPTY_RESPONSE)),
        BREAKS_OFF("failed", WireMock.aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK));

        private static final Set<Behaviour> OUTCOMES =
                EnumSet.of(ANSWERS, SAYS_NO, FAILS, DOWN, HUNG, SUSPENDED, EXCLUDED);
        private static final Set<Behaviour> FAULTS =
                EnumSet.of(ANSWERS, ANSWERS_LATE, DRIPS, RESETS, CLOSES, BREAKS_OFF);
        /** Of a target as a whole, whatever the message: another target stands in for it. */
        private static final Set<Behaviour> STATES = EnumSet.of(DOWN, HUNG, SUSPENDED);

        private final String outcome;
        private final ResponseDefinitionBuilder reply;

        Behaviour(String outcome, ResponseDefinitionBuilder reply) {
            this.outcome = outcome;
            this.reply = reply;
        }

        private static ResponseDefinitionBuilder answer() {
            return WireMock.okJson("{\"same\":1,\"from\":\"%s\"}");
        }

        boolean delivers() {
            return outcome.equals("delivered");
        }

        /** As good as delivered where a target was not meant to get the message. */
        boolean excluded() {
            return this == EXCLUDED;
        }

        String target(String target) {
            return STATES.contains(this) ? target + "-" + name().toLowerCase(java.util.Locale.ROOT) : target;
        }
    }

    /** One message, by what the targets do with it. */
    private record Pair(Behaviour one, Behaviour two) {
        static List<Pair> of(Set<Behaviour> behaviours) {
            List<Pair> pairs = new ArrayList<>();
            behaviours.forEach(one -> behaviours.forEach(two -> pairs.add(new Pair(one, two))));
            return pairs;
        }

        String json() {
            return "{\"api-one\":\"%s\",\"api-two\":\"%s\"}".formatted(one, two);
        }

        List<Behaviour> both() {
            return List.of(one, two);
        }

        long delivering() {
            return both().stream().filter(Behaviour::delivers).count();
        }
    }

    @TempDir
    private static Path temp;

    private static final HttpClient CALLER = HttpClient.newHttpClient();

    private static StubTargets targets;
    /** Takes connections, and nothing else. */
    private static ServerSocket hung;

    private static Map<String, String> settings;

    @BeforeAll
    static void start() throws IOException {
        targets = new StubTargets();
        hung = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        RoutesFolder folder = new RoutesFolder(temp.toRealPath());
        folder.write(BrokenEdit.SCATTER, routes());
        settings = new HashMap<>();
        settings.put("tandem.routes", folder.path("routes").toString());
        int closed = Ports.free();
        for (String target : List.of(ONE, TWO)) {
            settings.putAll(RunningTandem.target(target, targets.url(target)));
            settings.put(
                    "target." + target + ".when", "jsonpath:$[?(@.%s != 'EXCLUDED')]".formatted("['" + target + "']"));
            settings.putAll(RunningTandem.target(target + "-down", "http://127.0.0.1:" + closed));
            settings.putAll(RunningTandem.target(target + "-hung", "http://127.0.0.1:" + hung.getLocalPort()));
            settings.put("target." + target + "-hung.timeout", "1s");
            settings.putAll(RunningTandem.target(target + "-suspended", targets.url(target)));
            settings.put("target." + target + "-suspended.breaker", "true");
            settings.put("target." + target + "-suspended.breaker.min-calls", "1");
            settings.put("target." + target + "-suspended.breaker.open", "1h");
            for (Behaviour behaviour : Behaviour.values()) {
                if (behaviour.reply != null) {
                    targets.server()
                            .stubFor(WireMock.post("/" + target)
                                    .withRequestBody(WireMock.matchingJsonPath(
                                            "$['" + target + "']", WireMock.equalTo(behaviour.name())))
                                    .willReturn(reply(behaviour, target)));
                }
            }
        }
        List.copyOf(settings.keySet()).stream()
                .filter(key -> key.endsWith(".url"))
                .forEach(key -> settings.put(key.replace(".url", ".retry.attempts"), "1"));
    }

    @AfterAll
    static void stop() throws IOException {
        targets.close();
        hung.close();
    }

    private static ResponseDefinitionBuilder reply(Behaviour behaviour, String target) {
        ResponseDefinitionBuilder copy = ResponseDefinitionBuilder.like(behaviour.reply.build());
        String body = behaviour.reply.build().getBody();
        return body == null ? copy : copy.withBody(body.formatted(target));
    }

    /** The scatter-gather, but with those that stand in for a target by what the message says. */
    private static String routes() {
        StringBuilder yaml = new StringBuilder(
                """
                - route:
                    id: scatter-gather
                    from:
                      uri: direct:scatter-gather
                      steps:
                        - multicast:
                            parallelProcessing: true
                            executorService: branches
                            aggregationStrategy: mergeReplies
                            steps:
                """);
        for (String target : List.of(ONE, TWO)) {
            yaml.append("              - choice:\n                  when:\n");
            for (Behaviour state : Behaviour.STATES) {
                yaml.append(
                        """
                                            - simple: "${body} contains '\\"%1$s\\":\\"%2$s\\"'"
                                              steps:
                                                - to: kamelet:deliver/%3$s?target=%3$s
                        """
                                .formatted(target, state, state.target(target)));
            }
            yaml.append(
                    """
                                      otherwise:
                                        steps:
                                          - to: kamelet:deliver/%1$s?target=%1$s
                    """
                            .formatted(target));
        }
        return yaml.toString();
    }

    @TestFactory
    Stream<DynamicTest> callerGetsWhatFollowsFromBothOutcomes() {
        return POLICIES.stream().flatMap(policy -> SHAPES.stream()
                .map(shape ->
                        DynamicTest.dynamicTest(policy + " " + shape, () -> run(policy, shape, Behaviour.OUTCOMES))));
    }

    @TestFactory
    Stream<DynamicTest> callerGetsWhatFollowsFromFaultsOfBothTargets() {
        return SHAPES.stream().map(shape -> DynamicTest.dynamicTest(shape, () -> run("any", shape, Behaviour.FAULTS)));
    }

    private static void run(String policy, String shape, Set<Behaviour> behaviours) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("tandem.completion", policy);
        all.put("tandem.shape", shape);
        if (shape.equals("first") && !POLICIES_OF_FIRST.contains(policy)) {
            assertThatThrownBy(() -> RunningTandem.start(all)).isInstanceOf(ConfigurationException.class);
            return;
        }
        try (RunningTandem tandem = RunningTandem.start(all)) {
            // opens both breakers
            send(tandem, new Pair(Behaviour.SUSPENDED, Behaviour.SUSPENDED)).join();
            Map<Pair, CompletableFuture<HttpResponse<String>>> replies = new HashMap<>();
            Pair.of(behaviours).forEach(pair -> replies.put(pair, send(tandem, pair)));
            replies.forEach((pair, reply) -> check(policy, shape, pair, reply.join()));
        }
    }

    private static CompletableFuture<HttpResponse<String>> send(RunningTandem tandem, Pair pair) {
        HttpRequest request = HttpRequest.newBuilder(tandem.uri("/messages"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(pair.json()))
                .build();
        return CALLER.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private static void check(String policy, String shape, Pair pair, HttpResponse<String> response) {
        String about = policy + " " + shape + " " + pair + ": " + response.statusCode() + " " + response.body();
        boolean met = isMet(policy, pair);
        // whoever delivers first cancels the other
        boolean race = (policy.equals("first") || shape.equals("first")) && pair.delivering() > 0;
        assertThat(response.statusCode()).as(about).isEqualTo(status(met, pair));
        JsonNode body = RunningTandem.json(response);
        String told = response.headers().firstValue("Tandem-Outcome").orElse("");
        if (shape.equals("first") && met && pair.delivering() > 0) {
            assertThat(body).as(about).hasSize(2);
            assertThat(pair.one.delivers() && body.path("from").asText().equals(ONE)
                            || pair.two.delivers() && body.path("from").asText().equals(TWO))
                    .as(about)
                    .isTrue();
            assertThat(told)
                    .as(about)
                    .isIn(
                            pair.both().contains(Behaviour.EXCLUDED)
                                    ? List.of("complete")
                                    : List.of("complete", "partial"));
            return;
        }
        long delivered = delivery(about, body, ONE, pair.one, race) + delivery(about, body, TWO, pair.two, race);
        long excluded = pair.both().stream().filter(Behaviour::excluded).count();
        assertThat(told)
                .as(about)
                .isEqualTo(delivered + excluded == 2 ? "complete" : delivered == 0 ? "failed" : "partial")
                .isEqualTo(body.path("outcome").asText());
        assertThat(body.path("policy").asText()).isEqualTo(policy);
        assertThat(body.path("replies")).as(about).hasSize(2);
        assertThat(body.path("type").asText(""))
                .as(about)
                .isEqualTo(
                        met
                                ? ""
                                : "urn:tandem:problem:policy-"
                                        + (status(false, pair) == 504 ? "timed-out" : "not-met"));
        shape(about, shape, body, pair, delivered);
    }

    private static boolean isMet(String policy, Pair pair) {
        return switch (policy) {
            case "all" -> pair.both().stream().allMatch(target -> target.delivers() || target.excluded());
            case "quorum:2" -> pair.delivering() == 2;
            case "any", "quorum:1", "first" -> pair.delivering() > 0;
            case "required:api-one" -> pair.one.delivers() || pair.one.excluded();
            default -> true;
        };
    }

    private static int status(boolean met, Pair pair) {
        if (met) {
            return 200;
        }
        List<Behaviour> unmet = pair.both().stream()
                .filter(target -> !target.delivers() && !target.excluded())
                .toList();
        return !unmet.isEmpty() && unmet.stream().allMatch(target -> target == Behaviour.HUNG) ? 504 : 502;
    }

    /** Returns 1 when the target is said to have the message. */
    private static int delivery(String about, JsonNode body, String target, Behaviour behaviour, boolean race) {
        JsonNode delivery = body.at("/replies/" + behaviour.target(target));
        String outcome = delivery.path("outcome").asText();
        String problem = delivery.at("/problem/type").asText("");
        if (race && problem.equals("urn:tandem:problem:delivery-cancelled")) {
            assertThat(outcome).as(about).isEqualTo("skipped");
            return 0;
        }
        assertThat(outcome).as(about).isEqualTo(behaviour.outcome);
        assertThat(problem.isEmpty()).as(about).isEqualTo(behaviour.delivers() || behaviour.excluded());
        assertThat(delivery.path("attempts").asInt()).as(about).isEqualTo(behaviour.outcome.equals("skipped") ? 0 : 1);
        return behaviour.delivers() ? 1 : 0;
    }

    private static void shape(String about, String shape, JsonNode body, Pair pair, long delivered) {
        String one = body.at("/replies/api-one/body/from").asText("");
        String two = body.at("/replies/api-two/body/from").asText("");
        // where a target was cancelled, it may have been either
        boolean all = delivered == pair.delivering();
        if (shape.equals("merge")) {
            assertThat(one + two).as(about).isEmpty();
            if (all) {
                // the first target that delivered, whichever was faster
                assertThat(body.at("/body/from").asText(""))
                        .as(about)
                        .isEqualTo(pair.one.delivers() ? ONE : pair.two.delivers() ? TWO : "");
                assertThat(body.path("conflicts")).as(about).hasSize(delivered == 2 ? 1 : 0);
            }
            return;
        }
        if (all) {
            assertThat(one).as(about).isEqualTo(pair.one.delivers() ? ONE : "");
            assertThat(two).as(about).isEqualTo(pair.two.delivers() ? TWO : "");
        }
        if (shape.equals("compare")) {
            JsonNode comparison = body.path("comparison");
            assertThat(comparison.path("reference").asText()).isEqualTo(pair.one.target(ONE));
            assertThat(comparison.path("equal").asBoolean(true)).as(about).isFalse();
            JsonNode difference = comparison.path("differences").path(pair.two.target(TWO));
            assertThat(difference.isNull()).as(about).isEqualTo(delivered < 2);
            assertThat(difference).as(about).hasSize(delivered == 2 ? 1 : 0);
        }
        assertThat(body.has("comparison")).as(about).isEqualTo(shape.equals("compare"));
    }
}
