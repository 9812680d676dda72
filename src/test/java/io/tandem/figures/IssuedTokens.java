package io.tandem.figures;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What the authorization server has issued, and what the APIs therefore take. Thread-safe. */
final class IssuedTokens {
    private record Issued(String client, long expiresAt) {}

    private final Map<String, Issued> tokens = new ConcurrentHashMap<>();

    String issue(String client, Duration life) {
        String token = UUID.randomUUID().toString();
        tokens.put(token, new Issued(client, System.nanoTime() + life.toNanos()));
        return token;
    }

    boolean good(String token, String client) {
        Issued issued = tokens.get(token);
        return issued != null && issued.client().equals(client) && System.nanoTime() - issued.expiresAt() < 0;
    }

    /** From now on none of those issued so far is good. */
    void revokeAll() {
        tokens.clear();
    }
}
