package io.tandem.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoSettingsTest {
    @Test
    void defaultsWhenNothingIsSet() {
        DemoSettings settings = DemoSettings.defaults();

        assertThat(settings.apiOne())
                .isEqualTo(new DemoSettings.Api(8081, Duration.ofMillis(40), Duration.ofMillis(10), 0));
        assertThat(settings.apiTwo().port()).isEqualTo(8082);
        assertThat(settings.authorizationServer())
                .isEqualTo(new DemoSettings.AuthorizationServer(8083, Duration.ofSeconds(60)));
        assertThat(settings.traffic()).isZero();
        assertThat(settings.chaos()).isFalse();
    }

    @Test
    void readsWhatIsSetAndLeavesOtherKeysAlone() {
        DemoSettings settings = DemoSettings.parse(Map.of(
                "demo.api-two.port", "0",
                "demo.api-two.latency", "2s",
                "demo.api-two.jitter", "5ms",
                "demo.api-two.failure-rate", "0.25",
                "demo.authorization-server.token-lifetime", "5m",
                "demo.traffic", "90/m",
                "demo.chaos", "true",
                "tandem.http.port", "none of the demo's business"));

        assertThat(settings.apiTwo())
                .isEqualTo(new DemoSettings.Api(0, Duration.ofSeconds(2), Duration.ofMillis(5), 0.25));
        assertThat(settings.authorizationServer().tokenLifetime()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.traffic()).isEqualTo(Duration.ofMinutes(1).dividedBy(90));
        assertThat(settings.chaos()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "demo.api-one.port | http | a port from 0 to 65535",
                "demo.api-one.port | 65536 | a port from 0 to 65535",
                "demo.api-one.port | -1 | a port from 0 to 65535",
                "demo.api-one.latency | 40 | a duration with its unit (ms, s, m, h) from 0s to 60s",
                "demo.api-one.latency | 61s | from 0s to 60s",
                "demo.api-one.jitter | soon | a duration",
                "demo.api-two.failure-rate | 1.1 | a number from 0 to 1",
                "demo.api-two.failure-rate | NaN | a number from 0 to 1",
                "demo.authorization-server.token-lifetime | 999ms | from 1s to 86400s",
                "demo.traffic | 20 | a rate such as 20/s or 90/m",
                "demo.traffic | 0/s | a rate",
                "demo.traffic | 1001/s | at most 1000/s",
                "demo.chaos | yes | true or false",
            })
    void saysKeyValueAndWhatIsExpectedWhenAValueIsWrong(String key, String value, String expected) {
        assertThatThrownBy(() -> DemoSettings.parse(Map.of(key, value)))
                .isInstanceOf(DemoException.class)
                .hasMessageContaining(key + "=" + value + ": expected ")
                .hasMessageContaining(expected);
    }

    @Test
    void namesTheKnownKeysWhenAKeyIsUnknown() {
        assertThatThrownBy(() -> DemoSettings.parse(Map.of("demo.api-one.latncy", "1s")))
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("unknown key 'demo.api-one.latncy'")
                .hasMessageContaining("demo.api-one.latency");
    }

    @Test
    void saysAllThatIsWrongLineByLine() {
        assertThatThrownBy(() -> DemoSettings.parse(Map.of("demo.api-one.port", "x", "demo.api-two.failure-rate", "2")))
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(2));
    }

    @Test
    void refusesOnePortForTwo() {
        assertThatThrownBy(() -> DemoSettings.parse(Map.of("demo.api-one.port", "8082")))
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("'demo.api-one.port' and 'demo.api-two.port' are both 8082");
    }
}
