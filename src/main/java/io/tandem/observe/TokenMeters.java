package io.tandem.observe;

import io.tandem.oauth2.TokenEvents;
import io.tandem.oauth2.TokenFailure;
import io.tandem.oauth2.TokenSource;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Counts and times what happens to tokens. Thread-safe. */
public final class TokenMeters implements TokenEvents {
    private static final String SUCCESS = "success";

    private final Meters meters;

    public TokenMeters(Meters meters) {
        this.meters = meters;
    }

    /** From now on shows how {@code source} is at each scrape. */
    public void watch(TokenSource source) {
        String label = source.label();
        meters.gauge(TandemMeter.TOKEN_AGE, () -> seconds(source.status().age()), label);
        meters.gauge(TandemMeter.TOKEN_REMAINING, () -> seconds(source.status().remaining()), label);
        meters.gauge(TandemMeter.TOKEN_FAILURES, () -> source.status().failures(), label);
        // there from the start, so that a rate over them is never empty
        meters.timer(TandemMeter.TOKEN_REQUESTS, label, SUCCESS);
        meters.counter(TandemMeter.TOKENS_REJECTED, label);
    }

    @Override
    public void fetched(String label, Duration took) {
        meters.timer(TandemMeter.TOKEN_REQUESTS, label, SUCCESS).record(took);
    }

    @Override
    public void failed(String label, TokenFailure failure, Duration took) {
        String result = failure.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
        meters.timer(TandemMeter.TOKEN_REQUESTS, label, result).record(took);
    }

    @Override
    public void rejected(String label) {
        meters.counter(TandemMeter.TOKENS_REJECTED, label).increment();
    }

    private static Number seconds(@Nullable Duration duration) {
        return duration == null ? Double.NaN : duration.toMillis() / 1000.0;
    }
}
