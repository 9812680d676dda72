package io.tandem.observe;

import io.tandem.oauth2.TokenEvents;
import io.tandem.oauth2.TokenFailure;
import java.time.Duration;
import java.util.Locale;

/** Counts and times what happens to tokens. Thread-safe. */
public final class TokenMeters implements TokenEvents {
    private final Meters meters;

    public TokenMeters(Meters meters) {
        this.meters = meters;
    }

    @Override
    public void fetched(String label, Duration took) {
        meters.timer(TandemMeter.TOKEN_REQUESTS, label, "success").record(took);
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
}
