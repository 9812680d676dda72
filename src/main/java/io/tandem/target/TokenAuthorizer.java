package io.tandem.target;

import io.tandem.message.Message;
import io.tandem.oauth2.Token;
import io.tandem.oauth2.TokenSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Authorizes with an OAuth2 bearer token (RFC 6750). */
final class TokenAuthorizer implements Authorizer {
    private record Ready(Token token, CompletableFuture<@Nullable Authorization> stage) {}

    private final TokenSource source;
    private final RejectedStatuses rejected;

    /** What was made of the newest token, since most messages use the same one. */
    private volatile @Nullable Ready ready;

    TokenAuthorizer(TokenSource source, RejectedStatuses rejected) {
        this.source = source;
        this.rejected = rejected;
    }

    @Override
    public CompletionStage<@Nullable Authorization> authorization(Message message) {
        Token token = source.current();
        if (token == null) {
            return source.token().thenApply(TokenAuthorizer::authorization);
        }
        Ready known = ready;
        if (known == null || !known.token().equals(token)) {
            known = new Ready(token, CompletableFuture.completedFuture(authorization(token)));
            ready = known;
        }
        return known.stage();
    }

    @Override
    public boolean reject(Authorization used, int status, @Nullable String challenge) {
        return rejected.covers(status, challenge) && used.credential() instanceof Token token && source.reject(token);
    }

    private static @Nullable Authorization authorization(Token token) {
        return new Authorization("Authorization", token.authorizationHeader(), token);
    }
}
