package io.tandem.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.WireMock;
import io.tandem.support.Chromium;
import io.tandem.support.Kafka;
import io.tandem.support.Ports;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the status page shows of Kafka. */
class KafkaStatusTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Runs when it is read as markup. */
    private static final String HOSTILE_GROUP = "<img src=x onerror=window.hurt=1>";

    private static Kafka kafka;
    private static StubTargets targets;

    @BeforeAll
    static void start() {
        kafka = Kafka.shared();
        targets = new StubTargets();
    }

    @AfterAll
    static void stop() {
        targets.close();
    }

    @BeforeEach
    void bothAnswer() {
        targets.answers("api-two", WireMock.okJson("{}"));
    }

    private static Map<String, String> settings(String topic, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.kafka.brokers", kafka.bootstrap());
        settings.put("tandem.kafka.topics", topic);
        settings.put("tandem.kafka.group", topic);
        settings.putAll(more);
        return settings;
    }

    private static JsonNode shown(RunningTandem tandem) {
        return RunningTandem.json(tandem.get(tandem.uri("/status"))).path("kafka");
    }

    /** What is shown as soon as a state is. */
    private static JsonNode shown(RunningTandem tandem, String state) {
        return await("state " + state).atMost(PATIENCE).until(() -> shown(tandem), kafka -> kafka.path("state")
                .asText()
                .equals(state));
    }

    @Test
    void partitionsRepliesAndDeadLettersAreShownWhenRecordsAreTaken() {
        String topic = kafka.topic("in", 3);
        try (RunningTandem tandem = RunningTandem.start(settings(
                topic,
                Map.of(
                        "tandem.kafka.reply-topic", kafka.topic("replies", 1),
                        "tandem.kafka.dead-letter-topic", kafka.topic("dead", 1))))) {
            shown(tandem, "running");
            kafka.send(topic, "a", "{\"order\":1}");
            kafka.send(topic, "b", "{\"order\":");

            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode shown = shown(tandem);
                assertThat(shown.path("replies").asInt()).isOne();
                assertThat(shown.path("refused").asInt()).isOne();
                assertThat(shown.path("givenUp").asInt()).isZero();
                assertThat(shown.path("taking").asInt()).isEqualTo(3);
                assertThat(shown.path("held").asInt()).isZero();
                assertThat(shown.path("underWay").asInt()).isZero();
                assertThat(shown.at("/topics/0/name").asText()).isEqualTo(topic);
                assertThat(shown.at("/topics/0/lag").asInt(-1)).isZero();
                assertThat(shown.has("reason")).isFalse();
            });
        }
    }

    @Test
    void consumerIsWithoutPartitionsWhenAnotherOfItsGroupHasThemAll() {
        String topic = kafka.topic("in", 1);
        try (RunningTandem first = RunningTandem.start(settings(topic, Map.of()))) {
            assertThat(shown(first, "running").path("taking").asInt()).isOne();
            try (RunningTandem second = RunningTandem.start(settings(topic, Map.of()))) {
                JsonNode shown = shown(second, "without-partitions");

                assertThat(shown.path("taking").asInt()).isZero();
                assertThat(shown.has("replyTopic")).isFalse();
                assertThat(shown.has("deadLetterTopic")).isFalse();
            }
        }
    }

    @Test
    void lagIsNotKnownWhenNoBrokerCanBeReached() throws IOException {
        try (RunningTandem tandem =
                RunningTandem.start(settings("orders", Map.of("tandem.kafka.brokers", "127.0.0.1:" + Ports.free())))) {
            JsonNode shown = shown(tandem, "disconnected");

            assertThat(shown.path("reason").asText()).isEqualTo("none of the brokers can be reached");
            assertThat(shown.at("/topics/0/name").asText()).isEqualTo("orders");
            assertThat(shown.at("/topics/0").has("lag")).isFalse();
        }
    }

    @Test
    void pageSaysWhyRecordsWaitAndHowMany(@TempDir Path profile) throws IOException {
        assumeThat(Chromium.installed())
                .as("no Chromium is installed here: install one, or name it by CHROMIUM")
                .isPresent();
        String topic = kafka.topic("in", 2);
        targets.answers("api-two", WireMock.serviceUnavailable());
        try (RunningTandem tandem = RunningTandem.start(
                        settings(topic, Map.of("tandem.kafka.max-pending", "1", "tandem.kafka.group", HOSTILE_GROUP)));
                Chromium browser = Chromium.start(Chromium.installed().orElseThrow(), profile)) {
            shown(tandem, "running");
            kafka.send(topic, "a", "{\"order\":1}");
            shown(tandem, "held");
            kafka.send(topic, "b", "{\"order\":2}");
            kafka.send(topic, "c", "{\"order\":3}");

            browser.look(1280, 900, false);
            browser.open(tandem.uri("/"));
            browser.awaitText("2 records wait");
            String section = browser.evaluate("document.getElementById('kafka').innerText")
                    .asText();
            assertThat(section)
                    .contains("Held", "0 + 2 held", "0 records", "none wanted", topic, "Group " + HOSTILE_GROUP)
                    .doesNotContain("null", "undefined", "NaN");
            assertThat(browser.evaluate("document.getElementById('alerts').innerText")
                            .asText())
                    .contains("Records wait at Kafka's brokers", "1 messages wait", "tandem.kafka.max-pending=1");
            assertThat(browser.evaluate("window.hurt === undefined").asBoolean())
                    .isTrue();
            assertThat(browser.evaluate("document.querySelector('#routes svg').getAttribute('aria-label')")
                            .asText())
                    .contains("from Kafka to receive-kafka");
            Axe.assertAccessible(browser);
            browser.picture(Path.of("target", "status-page", "kafka.png"), true);
            browser.look(390, 900, true);
            Axe.assertAccessible(browser);
            assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                            .asBoolean())
                    .as("nothing is beside the window")
                    .isTrue();
            browser.picture(Path.of("target", "status-page", "kafka-phone.png"), true);

            targets.answers("api-two", WireMock.okJson("{}"));
            browser.awaitTrue("document.getElementById('kafka').innerText.includes('nothing waits')");
            browser.awaitTrue("!document.getElementById('alerts').innerText.includes('Kafka')");
        }
    }
}
