package io.tandem.oauth2;

import java.util.function.Supplier;

/**
 * Who the client is and how it proves that to the token endpoint: exactly one way per request (RFC 6749 §2.3). Secrets
 * are suppliers that are asked at each token call, so that a changed secret takes effect; {@code toString()} shows none.
 */
public sealed interface ClientAuth {
    /** The client identifier. */
    String clientId();

    /** What the proof rests on, for a diagnosis. */
    default String whatIsSecret() {
        return "client secret";
    }

    /** Whether the proof is a signed assertion, so that the clocks matter. */
    default boolean signsAssertions() {
        return false;
    }

    /** Identifier and secret in the {@code Authorization} header, each form-encoded first (RFC 6749 §2.3.1). */
    record Basic(String clientId, Supplier<String> secret) implements ClientAuth {
        @Override
        public String toString() {
            return "basic(" + clientId + ")";
        }
    }

    /** Identifier and secret in the body. */
    record Post(String clientId, Supplier<String> secret) implements ClientAuth {
        @Override
        public String toString() {
            return "post(" + clientId + ")";
        }
    }

    /** A public client: the identifier alone, in the body. */
    record None(String clientId) implements ClientAuth {
        @Override
        public String toString() {
            return "none(" + clientId + ")";
        }
    }

    /** An assertion signed with the client's private key ({@code private_key_jwt}, RFC 7523 §2.2). */
    record PrivateKeyJwt(String clientId, AssertionKey key) implements ClientAuth {
        @Override
        public String whatIsSecret() {
            return "signing key (and that its public half is registered)";
        }

        @Override
        public boolean signsAssertions() {
            return true;
        }

        @Override
        public String toString() {
            return "private_key_jwt(" + clientId + ")";
        }
    }

    /** The client certificate of the {@link Transport}, with the identifier in the body (RFC 8705 §2). */
    record Tls(String clientId) implements ClientAuth {
        @Override
        public String whatIsSecret() {
            return "client certificate (and how it is registered)";
        }

        @Override
        public String toString() {
            return "tls(" + clientId + ")";
        }
    }
}
