package io.tandem.kafka;

import io.tandem.oauth2.Token;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.jspecify.annotations.Nullable;

/** A token as Kafka's clients use it. Immutable; {@link #toString()} never shows the value. */
final class BearerToken implements OAuthBearerToken {
    private final Token token;
    private final Instant since;

    /** @param since about when it was issued: Kafka asks for the next one after a part of the time from then to its end */
    BearerToken(Token token, Instant since) {
        this.token = token;
        this.since = since;
    }

    @Override
    public String value() {
        return token.value();
    }

    @Override
    public Set<String> scope() {
        return Set.of();
    }

    @Override
    public long lifetimeMs() {
        return token.expiresAt().toEpochMilli();
    }

    @Override
    public String principalName() {
        return "tandem";
    }

    @Override
    public @Nullable Long startTimeMs() {
        return since.toEpochMilli();
    }

    @Override
    public String toString() {
        return token.toString();
    }
}
