package io.tandem.observe;

import io.tandem.message.Span;
import io.tandem.oauth2.TokenEvents;
import io.tandem.oauth2.TokenFailure;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Counts and times what happens to tokens. Thread-safe. */
public final class TokenMeters implements TokenEvents {
    private static final String SUCCESS = "success";

    private final Meters meters;
    private final Tracing tracing;
    private final Map<String, TokenSource> watched = new ConcurrentHashMap<>();

    public TokenMeters(Meters meters, Tracing tracing) {
        this.meters = meters;
        this.tracing = tracing;
    }

    /** From now on shows at each scrape how these are, and no others; of two with the same label, the first. */
    public void watch(Collection<TokenSource> sources) {
        Map<String, TokenSource> now = new LinkedHashMap<>();
        sources.forEach(source -> now.putIfAbsent(source.label(), source));
        watched.keySet().stream().filter(label -> !now.containsKey(label)).forEach(label -> {
            watched.remove(label);
            meters.forget("source", label);
        });
        now.forEach((label, source) -> {
            if (watched.put(label, source) == null) {
                watch(label);
            }
        });
    }

    private void watch(String label) {
        meters.gauge(TandemMeter.TOKEN_AGE, () -> age(status(label)), label);
        meters.gauge(TandemMeter.TOKEN_REMAINING, () -> remaining(status(label)), label);
        meters.gauge(TandemMeter.TOKEN_FAILURES, () -> failures(status(label)), label);
        // there from the start, so that a rate over them is never empty
        meters.timer(TandemMeter.TOKEN_REQUESTS, label, SUCCESS);
        meters.counter(TandemMeter.TOKENS_REJECTED, label);
    }

    private @Nullable TokenStatus status(String label) {
        TokenSource source = watched.get(label);
        return source == null ? null : source.status();
    }

    private static Number age(@Nullable TokenStatus status) {
        return seconds(status == null ? null : status.age());
    }

    private static Number remaining(@Nullable TokenStatus status) {
        return seconds(status == null ? null : status.remaining());
    }

    private static Number failures(@Nullable TokenStatus status) {
        return status == null ? 0 : status.failures();
    }

    @Override
    public Call calling(String label) {
        Span span = tracing.tokenCall(label);
        if (!span.isRecorded()) {
            return Call.UNSEEN;
        }
        return failure -> {
            if (failure != null) {
                span.fail(result(failure));
            }
            span.end();
        };
    }

    private static String result(TokenFailure failure) {
        return failure.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public void fetched(String label, Duration took) {
        meters.timer(TandemMeter.TOKEN_REQUESTS, label, SUCCESS).record(took);
    }

    @Override
    public void failed(String label, TokenFailure failure, Duration took) {
        meters.timer(TandemMeter.TOKEN_REQUESTS, label, result(failure)).record(took);
    }

    @Override
    public void rejected(String label) {
        meters.counter(TandemMeter.TOKENS_REJECTED, label).increment();
    }

    private static Number seconds(@Nullable Duration duration) {
        return duration == null ? Double.NaN : duration.toMillis() / 1000.0;
    }
}
