package io.tandem.demo;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The access tokens in use: random, opaque, and known to the demo APIs by asking here. Thread-safe, bounded: beyond the
 * limit the oldest are invalid before their time.
 */
final class AccessTokens {
    static final int MAX_TOKENS = 10_000;

    private record Grant(String audience, Instant expiry) {}

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Clock clock;
    private final Duration lifetime;

    /** In the order of issue, which is that of expiry. */
    private final Map<String, Grant> grants = new LinkedHashMap<>();

    AccessTokens(Clock clock, Duration lifetime) {
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /** Text that nobody can guess, of letters, digits, {@code -} and {@code _}. */
    static String random() {
        byte[] bits = new byte[32];
        RANDOM.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** A new token for an API. */
    String issue(String audience) {
        String token = random();
        Instant now = clock.instant();
        synchronized (grants) {
            grants.put(token, new Grant(audience, now.plus(lifetime)));
            Iterator<Grant> oldest = grants.values().iterator();
            while (oldest.hasNext() && (!now.isBefore(oldest.next().expiry()) || grants.size() > MAX_TOKENS)) {
                oldest.remove();
            }
        }
        return token;
    }

    /** Whether a token was issued for this API and has not expired. */
    boolean isValid(String token, String audience) {
        synchronized (grants) {
            Grant grant = grants.get(token);
            return grant != null
                    && grant.audience().equals(audience)
                    && clock.instant().isBefore(grant.expiry());
        }
    }

    Duration lifetime() {
        return lifetime;
    }
}
