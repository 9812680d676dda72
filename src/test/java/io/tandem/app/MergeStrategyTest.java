package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static io.tandem.support.BrokenEdit.SCATTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.Misbehaving;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Merge strategies of the users' own, over the real routes, whatever they do. */
class MergeStrategyTest {
    private static final String RECOGNISED = "Idempotency-Key";

    @TempDir
    private static Path temp;

    private static StubTargets targets;
    private static RunningTandem tandem;
    private static Path data;

    @BeforeAll
    static void start() throws IOException {
        RoutesFolder folder = new RoutesFolder(temp.toRealPath());
        folder.plant(SCATTER, "aggregationStrategy: mergeReplies", "aggregationStrategy: \"#own\"");
        folder.append(SCATTER, "\n- beans:\n    - name: own\n      type: %s\n".formatted(Misbehaving.class.getName()));
        data = folder.path("data");
        targets = new StubTargets();
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.routes", folder.path("routes").toString());
        settings.put("tandem.deadline", "2s");
        settings.put("target.api-one.max-reply", "1MiB");
        settings.put("target.api-two.max-reply", "512KiB");
        settings.put("tandem.inbox.enabled", "true");
        settings.put("tandem.inbox.dir", data.resolve("inbox").toString());
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        targets.close();
        tandem.close();
    }

    @BeforeEach
    void healthy() {
        targets.answers("api-two", okJson("{}"));
        targets.forgetRequests();
    }

    private static void strategyShall(String what) {
        targets.answers("api-one", okJson("{\"do\":\"" + what + "\"}"));
    }

    @Test
    void callerGetsTheMergedBodyAlone() {
        strategyShall("say hello");

        HttpResponse<String> reply = tandem.postJson("{}");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("say hello");
        assertThat(reply.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(reply.headers().firstValue("Tandem-Outcome")).contains("complete");
        assertThat(reply.headers().firstValue("Server-Timing").orElseThrow()).contains("api-one", "api-two");
    }

    @Test
    void contentTypeIsTheStrategys() {
        strategyShall("xml");

        HttpResponse<String> reply = tandem.postJson("{}");

        assertThat(reply.headers().firstValue("Content-Type")).contains("application/xml; charset=iso-8859-1");
        assertThat(reply.body()).isEqualTo("<ä/>");
    }

    @Test
    void policyIsStillForTandemToJudge() {
        strategyShall("say hello");
        targets.answers("api-two", serverError());

        HttpResponse<String> reply = tandem.postJson("{}");

        assertThat(reply.statusCode()).isEqualTo(502);
        JsonNode problem = RunningTandem.json(reply);
        assertThat(problem.path("type").asText()).isEqualTo("urn:tandem:problem:policy-not-met");
        assertThat(problem.path("outcome").asText()).isEqualTo("partial");
        assertThat(problem.has("body")).isFalse();
        assertThat(problem.at("/replies/api-one/body/do").asText()).isEqualTo("say hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw", "error", "nothing", "flood", "no JSON", "header", "hang", "spin"})
    void callerGetsAProblemAndAllRepliesWhenTheStrategyFails(String how) {
        strategyShall(how);
        long start = System.nanoTime();

        HttpResponse<String> reply = tandem.postJson("{}");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        assertThat(reply.statusCode()).isEqualTo(500);
        assertThat(reply.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(reply.headers().firstValue("Tandem-Outcome")).contains("complete");
        assertThat(reply.headers().firstValue("X-Injected")).isEmpty();
        assertThat(reply.body()).doesNotContain("secret of the strategy", "Misbehaving", "Exception");
        JsonNode problem = RunningTandem.json(reply);
        assertThat(problem.path("type").asText()).isEqualTo("urn:tandem:problem:merge-failed");
        assertThat(problem.path("status").asInt()).isEqualTo(500);
        assertThat(problem.at("/replies/api-one/body/do").asText()).isEqualTo(how);
        assertThat(problem.at("/replies/api-two/outcome").asText()).isEqualTo("delivered");
    }

    @Test
    void storedAnswerIsTheMergedBody() {
        strategyShall("say hello");

        tandem.postJson("{}", RECOGNISED, "stored");
        strategyShall("say something else");
        HttpResponse<String> again = tandem.postJson("{}", RECOGNISED, "stored");

        assertThat(again.body()).isEqualTo("say hello");
        assertThat(again.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(targets.received()).hasSize(2);
    }

    @Test
    void messageThatCouldNotBeMergedIsMergedAgainAndNotSentAgain() {
        strategyShall("throw");

        HttpResponse<String> first = tandem.postJson("{}", RECOGNISED, "unmerged");
        HttpResponse<String> again = tandem.postJson("{}", RECOGNISED, "unmerged");

        assertThat(first.statusCode()).isEqualTo(500);
        assertThat(again.statusCode()).isEqualTo(500);
        assertThat(again.headers().firstValue("Tandem-Message-Id"))
                .isEqualTo(first.headers().firstValue("Tandem-Message-Id"));
        assertThat(targets.received()).hasSize(2);
        String id = first.headers().firstValue("Tandem-Message-Id").orElseThrow();
        assertThat(RunningTandem.json(tandem.get(tandem.uri("/messages/" + id)))
                        .path("state")
                        .asText())
                .isEqualTo("complete");
    }

    @Test
    void waitingCallerGetsTheMergedBody() {
        strategyShall("say hello");

        HttpResponse<String> reply = tandem.postJson("{}", "Prefer", "wait=5");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("say hello");
    }

    @Test
    void lineOfTheReplyFileHasTheMergedBody() throws IOException {
        strategyShall("bytes");
        Path file = data.resolve("record.ndjson");
        Files.writeString(file, "{\"order\":1}\n");

        Files.move(file, data.resolve("inbox/record.ndjson"));

        await().until(() -> Files.exists(data.resolve("done/record.ndjson")));
        JsonNode line = RunningTandem.json(Files.readString(data.resolve("replies/record.ndjson.reply.ndjson")));
        assertThat(line.path("outcome").asText()).isEqualTo("complete");
        assertThat(line.path("body").asText()).isEqualTo("AP8=");
        assertThat(line.path("bodyEncoding").asText()).isEqualTo("base64");
        assertThat(line.at("/replies/api-one/body/do").asText()).isEqualTo("bytes");
    }

    @Test
    void recordIsMergedAgainAndNotSentAgainWhenTheRetryFileIsDropped() throws IOException {
        strategyShall("throw");
        Path file = data.resolve("unmerged.ndjson");
        Files.writeString(file, "{\"order\":2}\n");

        Files.move(file, data.resolve("inbox/unmerged.ndjson"));
        Path retry = data.resolve("failed/unmerged.ndjson.retry.ndjson");
        await().until(() -> Files.exists(retry));
        Files.move(retry, data.resolve("inbox/unmerged.ndjson.retry.ndjson"));
        await().until(() -> Files.exists(data.resolve("failed/unmerged.ndjson.retry.ndjson.retry.ndjson")));

        assertThat(targets.received()).hasSize(2);
        JsonNode line = RunningTandem.json(Files.readString(data.resolve("replies/unmerged.ndjson.reply.ndjson")));
        assertThat(line.path("type").asText()).isEqualTo("urn:tandem:problem:merge-failed");
        assertThat(line.at("/replies/api-two/outcome").asText()).isEqualTo("delivered");
    }
}
