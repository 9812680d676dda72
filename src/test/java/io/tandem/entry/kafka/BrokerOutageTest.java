package io.tandem.entry.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.support.Kafka;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The broker that tests share dies in the middle, and comes back. */
class BrokerOutageTest {
    @Test
    void nothingIsLostAndCallersAreToldWhenTheBrokerDiesAndComesBack() {
        Kafka kafka = Kafka.shared();
        try (StubTargets targets = new StubTargets()) {
            String topic = kafka.topic("in", 2);
            String replies = kafka.topic("replies", 1);
            Map<String, String> settings = new HashMap<>(targets.settings());
            settings.put("tandem.kafka.brokers", kafka.bootstrap());
            settings.put("tandem.kafka.topics", topic);
            settings.put("tandem.kafka.group", topic);
            settings.put("tandem.kafka.reply-topic", replies);
            settings.put("tandem.intake", "kafka");
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                for (int i = 0; i < 10; i++) {
                    kafka.send(topic, "k" + i, "{\"order\":" + i + "}");
                }
                kafka.records(replies, 10);
                await().untilAsserted(() -> assertThat(ready(tandem)).isEqualTo(200));

                kafka.kill();
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(ready(tandem)).isEqualTo(503));
                assertThat(tandem.get(tandem.managementUri("/observe/health")).body())
                        .contains("none of the brokers can be reached");
                HttpResponse<String> refused = tandem.postJson("{}", "Prefer", "respond-async");
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                assertThat(refused.body()).contains("urn:tandem:problem:intake-unavailable", "Nothing was accepted");
                // who waits for the answer does without
                assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
                targets.forgetRequests();

                kafka.startAgain();
                for (int i = 10; i < 20; i++) {
                    kafka.send(topic, "k" + i, "{\"order\":" + i + "}");
                }
                assertThat(kafka.records(replies, 20)).hasSize(20);
                assertThat(targets.received("api-one")).hasSize(10);
                await().untilAsserted(() -> assertThat(ready(tandem)).isEqualTo(200));
                assertThat(tandem.postJson("{}", "Prefer", "respond-async").statusCode())
                        .isEqualTo(202);
            }
        }
    }

    private static int ready(RunningTandem tandem) {
        return tandem.get(tandem.managementUri("/observe/health/ready")).statusCode();
    }
}
