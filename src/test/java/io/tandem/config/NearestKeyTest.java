package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestKeyTest {
    @ParameterizedTest
    @CsvSource({
        "port, port, 0",
        "prot, port, 1",
        "por, port, 1",
        "porrt, port, 1",
        "pert, port, 1",
        "'', port, 4",
        "kitten, sitting, 3"
    })
    void distanceCountsSlipsWhenWordsDiffer(String a, String b, int distance) {
        assertThat(NearestKey.distance(a, b)).isEqualTo(distance);
        assertThat(NearestKey.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void nothingIsFoundWhenNothingIsNear() {
        assertThat(NearestKey.among(List.of("url", "method"), "colour")).isEmpty();
    }

    @Test
    void upperCaseIsNoSlipWhenItIsTheOnlyDifference() {
        assertThat(NearestKey.among(List.of("url"), "URL", 0)).contains("url");
    }

    @ParameterizedTest
    @CsvSource({
        "tandem.http.prot, tandem.http.port",
        "tandem.http.maxBody, tandem.http.max-body",
        "tandem.port, ",
        "tandem.max-body, tandem.http.max-body",
        "tandm.http.port, tandem.http.port",
        "tandm.http.prot, tandem.http.port",
        "http.port, tandem.http.port",
        "tandem.colour, ",
        "target.api-one.ulr, target.api-one.url",
        "target.api-one.client-id, target.api-one.oauth.client-id",
        "target.api-one.oauth.client-secert, target.api-one.oauth.client-secret",
        "target.api-one.headers.X-Tenant, target.api-one.header.X-Tenant",
        "target.api-one.colour, ",
        "traget.api-one.url, target.api-one.url",
        "api-one.url, target.api-one.url",
        "target.url, target.<name>.url",
        "greeting, "
    })
    void nearestKeyIsFoundWhenAKeyIsMistyped(String unknown, String meant) {
        assertThat(KeyCheck.nearest(unknown).orElse(null)).isEqualTo(meant);
    }
}
