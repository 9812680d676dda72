package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import io.tandem.oauth2.TokenFailure.Kind;
import io.tandem.tls.KeyFileException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Puts the client's proof of identity on a request. Stateless; reads secrets at each use. */
final class ClientAuthenticator {
    private final ClientAuth client;

    ClientAuthenticator(ClientAuth client) {
        this.client = client;
    }

    /** Adds {@code client_id} where no other parameter or header carries it. */
    void identify(Map<String, List<String>> parameters) {
        // RFC 7521 §4.2: with an assertion it may be left out, but Spring Authorization Server wants it
        if (client instanceof ClientAuth.None
                || client instanceof ClientAuth.Tls
                || client instanceof ClientAuth.PrivateKeyJwt) {
            parameters.put("client_id", List.of(client.clientId()));
        }
    }

    /** Adds the proof, once the body is complete; notes in {@code redaction} what must not be seen. */
    void authenticate(HTTPRequest request, ServerMetadata server, Redaction redaction, Instant now)
            throws TokenCallException {
        ClientID id = new ClientID(client.clientId());
        if (client instanceof ClientAuth.Basic basic) {
            apply(new ClientSecretBasic(id, secret(basic.secret(), redaction)), request);
            redaction.add(request.getAuthorization().substring("Basic ".length()));
        } else if (client instanceof ClientAuth.Post post) {
            apply(new ClientSecretPost(id, secret(post.secret(), redaction)), request);
        } else if (client instanceof ClientAuth.PrivateKeyJwt jwt) {
            URI issuer = jwt.key().audience() == AssertionKey.Audience.ISSUER ? server.issuer() : null;
            try {
                PrivateKeyJWT assertion = new AssertionSigner(jwt.key())
                        .sign(jwt.clientId(), issuer == null ? server.tokenUrl() : issuer, now);
                redaction.add(assertion.getClientAssertion().serialize());
                apply(assertion, request);
            } catch (KeyFileException e) {
                throw new TokenCallException(Kind.SETTINGS, e.problem());
            }
        }
    }

    /** A digest of the credentials as they are now. */
    String fingerprint() {
        if (client instanceof ClientAuth.Basic basic) {
            return Fingerprint.of(read(basic.secret()));
        }
        if (client instanceof ClientAuth.Post post) {
            return Fingerprint.of(read(post.secret()));
        }
        if (client instanceof ClientAuth.PrivateKeyJwt jwt) {
            return new AssertionSigner(jwt.key()).fingerprint();
        }
        return "";
    }

    private static void apply(ClientAuthentication authentication, HTTPRequest request) {
        authentication.applyTo(request);
    }

    private Secret secret(Supplier<String> source, Redaction redaction) throws TokenCallException {
        String value = read(source);
        if (value.isEmpty()) {
            throw new TokenCallException(
                    Kind.SETTINGS, "the secret of client '" + client.clientId() + "' is empty or can't be read");
        }
        redaction.add(value);
        return new Secret(value);
    }

    // Whatever a supplier throws may tell too much; an empty secret says enough.
    private static String read(Supplier<String> source) {
        try {
            return source.get();
        } catch (RuntimeException e) {
            return "";
        }
    }
}
