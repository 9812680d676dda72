package io.tandem.oauth2;

import org.jspecify.annotations.Nullable;

/** The root of this package's exceptions. None carries a secret or a token. */
public abstract sealed class OAuth2Exception extends RuntimeException
        permits TokenUnavailableException, LoginFailedException, RefreshTokenStoreException {
    private static final long serialVersionUID = 1L;

    OAuth2Exception(String message, @Nullable Throwable cause, boolean writableStackTrace) {
        super(message, cause, false, writableStackTrace);
    }
}
