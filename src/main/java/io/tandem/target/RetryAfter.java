package io.tandem.target;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** The Retry-After header, in seconds or as a date (RFC 9110 §10.2.3). */
final class RetryAfter {
    /** A longer wait is as good as none asked for: nobody waits for a day. */
    private static final Duration MAX = Duration.ofDays(1);

    private RetryAfter() {}

    static @Nullable Duration parse(@Nullable String header) {
        if (header == null || header.isBlank() || header.length() > 64) {
            return null;
        }
        String value = header.trim();
        if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return value.length() > 6 ? MAX : min(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(Instant.now(), at);
            return wait.isNegative() ? Duration.ZERO : min(wait);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static Duration min(Duration wait) {
        return wait.compareTo(MAX) > 0 ? MAX : wait;
    }
}
