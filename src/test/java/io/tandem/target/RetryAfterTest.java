package io.tandem.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", " 12 , 12", "86401, 86400", "99999999999999999999, 86400"})
    void secondsAreTakenUpToADay(String header, long seconds) {
        assertThat(RetryAfter.parse(header)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void dateIsTakenAsTheTimeUntilThen() {
        String header = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(60));

        assertThat(RetryAfter.parse(header)).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
    }

    @Test
    void pastDateMeansNow() {
        assertThat(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT")).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "  ", "soon", "-1", "1.5", "Sun, 99 Nov 1994 08:49:37 GMT", "٣"})
    void nonsenseIsIgnored(String header) {
        assertThat(RetryAfter.parse(header)).isNull();
    }
}
