package io.tandem.oauth2;

import org.jspecify.annotations.Nullable;

/** The store of refresh tokens can't be read or written; the message names the file and says what to do. */
public final class RefreshTokenStoreException extends OAuth2Exception {
    private static final long serialVersionUID = 1L;

    RefreshTokenStoreException(String message, @Nullable Throwable cause) {
        super(message, cause, true);
    }
}
