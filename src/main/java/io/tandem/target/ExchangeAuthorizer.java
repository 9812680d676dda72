package io.tandem.target;

import io.tandem.message.CallerToken;
import io.tandem.message.Message;
import io.tandem.oauth2.ExchangedTokens;
import io.tandem.oauth2.Token;
import io.tandem.oauth2.TokenSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Authorizes with a bearer token that the caller's own is exchanged for (RFC 8693). */
final class ExchangeAuthorizer implements Authorizer {
    private record Used(TokenSource source, Token token) {}

    private final ExchangedTokens tokens;
    private final RejectedStatuses rejected;

    ExchangeAuthorizer(ExchangedTokens tokens, RejectedStatuses rejected) {
        this.tokens = tokens;
        this.rejected = rejected;
    }

    @Override
    public CompletionStage<@Nullable Authorization> authorization(Message message) {
        CallerToken caller = message.callerToken();
        if (caller == null) {
            return CompletableFuture.failedFuture(new CallerTokenException(
                    "The target is called on behalf of the caller, who sent no bearer token in the header"
                            + " Authorization. The message was not sent."));
        }
        TokenSource source;
        try {
            source = tokens.source(caller.value());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new CallerTokenException(
                    "What the caller sent in the header Authorization can't be a bearer token. The message was not"
                            + " sent."));
        }
        return source.token().thenApply(token -> authorization(source, token));
    }

    private static @Nullable Authorization authorization(TokenSource source, Token token) {
        return new Authorization("Authorization", token.authorizationHeader(), new Used(source, token));
    }

    @Override
    public boolean reject(Authorization used, int status, @Nullable String challenge) {
        return rejected.covers(status, challenge)
                && used.credential() instanceof Used known
                && known.source().reject(known.token());
    }
}
