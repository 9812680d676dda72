package io.tandem.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import io.tandem.support.JsonMatch;
import io.tandem.support.RunningTandem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One folder per outcome under {@code scenarios/}: {@code request.json} (settings and body), {@code
 * <target>.reply.json} (what the target does), {@code expected.json} (status and merged reply; see {@link JsonMatch}).
 */
class ScenarioTest {
    private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] TARGETS = {"api-one", "api-two"};

    @TestFactory
    Stream<DynamicTest> mergedReplyIsAsExpected() throws IOException {
        try (Stream<Path> folders = Files.list(SCENARIOS)) {
            return folders.sorted().toList().stream()
                    .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> run(folder)));
        }
    }

    private static void run(Path folder) throws IOException {
        JsonNode request = read(folder.resolve("request.json"));
        JsonNode expected = read(folder.resolve("expected.json"));
        WireMockServer api = new WireMockServer(WireMockConfiguration.wireMockConfig()
                .bindAddress("127.0.0.1")
                .dynamicPort()
                .gzipDisabled(true));
        api.start();
        Map<String, String> settings = new HashMap<>(Map.of("tandem.deadline", "30s"));
        for (String target : TARGETS) {
            JsonNode reply = read(folder.resolve(target + ".reply.json"));
            boolean refused = "refused".equals(reply.path("fault").asText());
            String base = refused ? "http://127.0.0.1:" + closedPort() : api.baseUrl();
            settings.putAll(RunningTandem.target(target, base + "/" + target));
            // long enough for a busy machine: what shall time out says so in its settings
            settings.put("target." + target + ".timeout", "20s");
            settings.put("target." + target + ".retry.attempts", "1");
            if (!refused) {
                api.stubFor(WireMock.post("/" + target).willReturn(response(reply)));
            }
        }
        request.path("settings")
                .properties()
                .forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            long start = System.nanoTime();
            HttpResponse<String> response = tandem.postJson(request.path("body").toString());
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            assertThat(response.statusCode())
                    .as(response.body())
                    .isEqualTo(expected.path("status").asInt());
            JsonMatch.assertMatches(RunningTandem.json(response), expected.path("body"));
            assertThat(response.body()).doesNotContain("127.0.0.1", "localhost", "Exception");
            assertThat(took).isLessThan(Duration.ofSeconds(20));
        } finally {
            api.stop();
        }
    }

    private static ResponseDefinitionBuilder response(JsonNode reply) throws IOException {
        ResponseDefinitionBuilder response =
                WireMock.aResponse().withStatus(reply.path("status").asInt(200));
        reply.path("headers")
                .properties()
                .forEach(entry ->
                        response.withHeader(entry.getKey(), entry.getValue().asText()));
        if (reply.has("body")) {
            response.withHeader("Content-Type", "application/json")
                    .withBody(reply.path("body").toString());
        }
        if (reply.has("text")) {
            Charset charset = Charset.forName(reply.path("charset").asText("UTF-8"));
            byte[] bytes = reply.path("text").asText().getBytes(charset);
            boolean gzip =
                    "gzip".equals(reply.path("headers").path("Content-Encoding").asText());
            response.withBody(gzip ? gzip(bytes) : bytes);
        }
        if (reply.has("base64")) {
            response.withBody(Base64.getDecoder().decode(reply.path("base64").asText()));
        }
        if (reply.has("repeat")) {
            response.withBody("x".repeat(reply.path("repeat").asInt()));
        }
        if (reply.has("delayMs")) {
            response.withFixedDelay(reply.path("delayMs").asInt());
        }
        if (reply.has("dribbleMs")) {
            response.withChunkedDribbleDelay(20, reply.path("dribbleMs").asInt());
        }
        switch (reply.path("fault").asText()) {
            case "reset" -> response.withFault(Fault.CONNECTION_RESET_BY_PEER);
            case "empty" -> response.withFault(Fault.EMPTY_RESPONSE);
            case "cut-off" -> response.withFault(Fault.MALFORMED_RESPONSE_CHUNK);
            case "garbage" -> response.withFault(Fault.RANDOM_DATA_THEN_CLOSE);
            default -> assertThat(reply.path("fault").asText()).isEmpty();
        }
        return response;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(Path file) throws IOException {
        return JSON.readTree(Files.readString(file, StandardCharsets.UTF_8));
    }
}
