package io.tandem.oauth2;

/** On what ground a token is asked for. */
public sealed interface Grant {
    /** The client acts for itself (RFC 6749 §4.4). */
    record ClientCredentials() implements Grant {}
}
