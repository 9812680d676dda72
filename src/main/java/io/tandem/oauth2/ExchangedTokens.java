package io.tandem.oauth2;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.function.Function;

/**
 * Tokens that callers' tokens are traded for, one {@link TokenSource} for each caller's token, which is found again by
 * its digest. Bounded: those asked for least are forgotten, and each after ten minutes without use. Safe for use by any
 * thread.
 */
public final class ExchangedTokens {
    private static final int MAX_CALLERS = 10_000;
    private static final int MAX_LENGTH = 32 * 1024;
    private static final Duration IDLE = Duration.ofMinutes(10);

    private final Function<String, TokenSource> make;
    private final Cache<String, TokenSource> sources;

    ExchangedTokens(Function<String, TokenSource> make, TimeSource time) {
        this.make = make;
        this.sources = Caffeine.newBuilder()
                .maximumSize(MAX_CALLERS)
                .expireAfterAccess(IDLE)
                .ticker(time::nanos)
                // in the caller's thread: it is little, and needs no pool
                .executor(Runnable::run)
                .build();
    }

    /**
     * The tokens that {@code subjectToken}, the caller's, is traded for.
     *
     * @throws IllegalArgumentException when that can't be a bearer token
     */
    public TokenSource source(String subjectToken) {
        boolean printable = subjectToken.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        if (subjectToken.isEmpty() || subjectToken.length() > MAX_LENGTH || !printable) {
            throw new IllegalArgumentException("the caller's credentials are not a bearer token");
        }
        return sources.get(Fingerprint.of(subjectToken), digest -> make.apply(subjectToken));
    }

    /** How many callers have tokens here. */
    public long callers() {
        sources.cleanUp();
        return sources.estimatedSize();
    }
}
