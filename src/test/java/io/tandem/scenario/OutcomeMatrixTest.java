package io.tandem.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever both targets do, under each completion policy and each shape: what the caller gets is worked out here a second
 * time, from the two behaviours alone.
 */
class OutcomeMatrixTest {
    private static final String ONE = "api-one";
    private static final String TWO = "api-two";
    private static final List<String> POLICIES =
            List.of("all", "any", "quorum:1", "quorum:2", "required:api-two", "best-effort", "first");
    private static final List<String> SHAPES = List.of("collect", "merge", "first", "compare");

    /** What a target may do, and the outcome that this is. */
    private enum Behaviour {
        ANSWERS("delivered", WireMock.okJson("{\"same\":1,\"from\":\"%s\"}")),
        ANSWERS_LATE(
                "delivered", WireMock.okJson("{\"same\":1,\"from\":\"%s\"}").withLogNormalRandomDelay(20, 0.3)),
        DRIPS("delivered", WireMock.okJson("{\"same\":1,\"from\":\"%s\"}").withChunkedDribbleDelay(4, 60)),
        SAYS_NO("rejected", WireMock.aResponse().withStatus(422)),
        FAILS("failed", WireMock.aResponse().withStatus(500)),
        RESETS("failed", WireMock.aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)),
        CLOSES("failed", WireMock.aResponse().withFault(Fault.EMPTY_RESPONSE)),
        BREAKS_OFF("failed", WireMock.aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK)),
        HANGS("timed-out", WireMock.okJson("{}").withFixedDelay(20_000));

        private final String outcome;
        private final ResponseDefinitionBuilder reply;

        Behaviour(String outcome, ResponseDefinitionBuilder reply) {
            this.outcome = outcome;
            this.reply = reply;
        }

        boolean delivers() {
            return outcome.equals("delivered");
        }
    }

    @TestFactory
    Stream<DynamicTest> callerGetsWhatFollowsFromBothBehaviours() {
        return POLICIES.stream().flatMap(policy -> SHAPES.stream()
                .filter(shape -> !shape.equals("first")
                        || Set.of("first", "any", "best-effort").contains(policy))
                .map(shape -> DynamicTest.dynamicTest(policy + " " + shape, () -> run(policy, shape))));
    }

    private static void run(String policy, String shape) {
        ExecutorService callers = Executors.newFixedThreadPool(32);
        try (StubTargets targets = new StubTargets()) {
            for (Behaviour behaviour : Behaviour.values()) {
                for (String target : List.of(ONE, TWO)) {
                    targets.server()
                            .stubFor(WireMock.post("/" + target)
                                    .withRequestBody(WireMock.matchingJsonPath(
                                            "$['" + target + "']", WireMock.equalTo(behaviour.name())))
                                    .willReturn(reply(behaviour, target)));
                }
            }
            Map<String, String> settings = new HashMap<>(targets.settings());
            settings.put("tandem.completion", policy);
            settings.put("tandem.shape", shape);
            settings.put("target." + ONE + ".timeout", "2s");
            settings.put("target." + TWO + ".timeout", "2s");
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                List<CompletableFuture<Void>> calls = new ArrayList<>();
                // waiting for what never comes takes its time, and a shape knows no more of it than of other failures
                List<Behaviour> behaviours = Stream.of(Behaviour.values())
                        .filter(behaviour -> behaviour != Behaviour.HANGS || shape.equals("collect"))
                        .toList();
                for (Behaviour one : behaviours) {
                    for (Behaviour two : behaviours) {
                        calls.add(CompletableFuture.runAsync(() -> call(tandem, policy, shape, one, two), callers));
                    }
                }
                assertThat(calls).allSatisfy(CompletableFuture::join);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    private static ResponseDefinitionBuilder reply(Behaviour behaviour, String target) {
        ResponseDefinitionBuilder copy = ResponseDefinitionBuilder.like(behaviour.reply.build());
        String body = behaviour.reply.build().getBody();
        return body == null ? copy : copy.withBody(body.formatted(target));
    }

    private static void call(RunningTandem tandem, String policy, String shape, Behaviour one, Behaviour two) {
        String about = policy + " " + shape + " " + one + " " + two;
        HttpResponse<String> response = tandem.postJson("{\"%s\":\"%s\",\"%s\":\"%s\"}".formatted(ONE, one, TWO, two));
        Set<String> delivering = new TreeSet<>();
        if (one.delivers()) {
            delivering.add(ONE);
        }
        if (two.delivers()) {
            delivering.add(TWO);
        }
        boolean race = policy.equals("first") || shape.equals("first");
        boolean met = isMet(policy, delivering);

        assertThat(response.statusCode()).as(about + response.body()).isEqualTo(status(met, one, two));
        JsonNode body = RunningTandem.json(response);
        if (shape.equals("first") && met && !delivering.isEmpty()) {
            assertThat(delivering).as(about).contains(body.path("from").asText());
            assertThat(body).as(about).hasSize(2);
            return;
        }
        assertOutcome(about, body, ONE, one, race && !delivering.isEmpty());
        assertOutcome(about, body, TWO, two, race && !delivering.isEmpty());
        assertThat(body.path("policy").asText()).isEqualTo(policy);
        if (!race) {
            assertThat(body.path("outcome").asText())
                    .as(about)
                    .isEqualTo(List.of("failed", "partial", "complete").get(delivering.size()));
            assertShape(about, shape, body, delivering);
        }
    }

    private static boolean isMet(String policy, Set<String> delivering) {
        return switch (policy) {
            case "all", "quorum:2" -> delivering.size() == 2;
            case "any", "quorum:1", "first" -> !delivering.isEmpty();
            case "required:api-two" -> delivering.contains(TWO);
            default -> true;
        };
    }

    private static int status(boolean met, Behaviour one, Behaviour two) {
        if (met) {
            return 200;
        }
        boolean allLate = Stream.of(one, two)
                .filter(behaviour -> !behaviour.delivers())
                .allMatch(behaviour -> behaviour == Behaviour.HANGS);
        return allLate ? 504 : 502;
    }

    private static void assertOutcome(
            String about, JsonNode body, String target, Behaviour behaviour, boolean mayBeCancelled) {
        String outcome = body.at("/replies/" + target + "/outcome").asText();
        if (mayBeCancelled && outcome.equals("skipped")) {
            assertThat(body.at("/replies/" + target + "/problem/type").asText())
                    .as(about)
                    .isEqualTo("urn:tandem:problem:delivery-cancelled");
        } else {
            assertThat(outcome).as(about + body).isEqualTo(behaviour.outcome);
        }
    }

    private static void assertShape(String about, String shape, JsonNode body, Set<String> delivering) {
        switch (shape) {
            case "collect" ->
                delivering.forEach(target -> assertThat(
                                body.at("/replies/" + target + "/body/from").asText())
                        .as(about)
                        .isEqualTo(target));
            case "merge" -> {
                // the first target that delivered, whichever was faster
                assertThat(body.at("/body/from").asText(""))
                        .as(about)
                        .isEqualTo(delivering.stream().findFirst().orElse(""));
                assertThat(body.path("conflicts")).as(about).hasSize(delivering.size() == 2 ? 1 : 0);
            }
            case "compare" -> {
                assertThat(body.at("/comparison/equal").asBoolean(true))
                        .as(about)
                        .isFalse();
                assertThat(body.at("/comparison/differences/" + TWO)).as(about).hasSize(delivering.size() == 2 ? 1 : 0);
            }
            default -> throw new IllegalArgumentException(shape);
        }
    }
}
