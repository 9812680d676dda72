package io.tandem.entry.http;

import io.tandem.config.Durations;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header by which a caller says how long it waits at most. */
final class RequestedDeadline {
    static final String HEADER = "Tandem-Deadline";

    private RequestedDeadline() {}

    /**
     * The time budget of a message.
     *
     * @param sent the headers
     * @param most what a caller may shorten, and not exceed
     * @throws ProblemException when it can't be read
     */
    static Duration of(List<String> sent, Duration most) {
        if (sent.isEmpty()) {
            return most;
        }
        Duration asked = sent.size() == 1 ? parse(sent.get(0).trim()) : null;
        if (asked == null || asked.isZero() || asked.isNegative()) {
            throw new ProblemException(Problem.of(
                    ProblemType.MALFORMED_REQUEST,
                    HEADER + " must be one duration, such as 1500ms or 2s, or a number of seconds."));
        }
        return asked.compareTo(most) < 0 ? asked : most;
    }

    private static @Nullable Duration parse(String text) {
        if (text.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
