package io.tandem.demo;

import io.tandem.message.ReplyBody;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The token endpoint of the demo authorization server: client credentials by RFC 6749, with exactly one of
 * client_secret_basic and client_secret_post. Thread-safe.
 */
final class TokenEndpoint {
    private static final String BASIC = "Basic ";

    private final List<Client> clients;
    private final AccessTokens tokens;

    TokenEndpoint(List<Client> clients, AccessTokens tokens) {
        this.clients = List.copyOf(clients);
        this.tokens = tokens;
    }

    private record Credentials(String id, String secret) {}

    /** Answers a token request; refuses by returning an error, never by an exception. */
    Reply answer(@Nullable String contentType, @Nullable String authorization, byte[] body) {
        Reply reply;
        try {
            reply = grant(contentType, authorization, body);
        } catch (Refusal e) {
            reply = e.reply();
        }
        // §5.1: tokens don't belong into caches
        return reply.with("Cache-Control", "no-store");
    }

    private Reply grant(@Nullable String contentType, @Nullable String authorization, byte[] body) {
        if (!ReplyBody.mediaType(contentType).equals(Form.MEDIA_TYPE)) {
            throw invalidRequest("The content type must be " + Form.MEDIA_TYPE + ".");
        }
        Form form;
        try {
            form = Form.parse(body);
        } catch (IllegalArgumentException e) {
            throw invalidRequest("The form is malformed, or a parameter is repeated.");
        }
        Client client = authenticate(credentials(authorization, form));
        String grantType = form.get("grant_type");
        if (grantType == null) {
            throw invalidRequest("The parameter grant_type is missing.");
        }
        if (!grantType.equals("client_credentials")) {
            throw new Refusal(
                    Reply.error(400, "unsupported_grant_type", "The only grant type here is client_credentials."));
        }
        String scope = form.get("scope");
        if (scope != null && !scope.equals(Client.SCOPE)) {
            throw new Refusal(Reply.error(400, "invalid_scope", "The only scope here is " + Client.SCOPE + "."));
        }
        return Reply.json(
                200,
                Reply.JSON
                        .createObjectNode()
                        .put("access_token", tokens.issue(client.audience()))
                        .put("token_type", "Bearer")
                        .put("expires_in", tokens.lifetime().toSeconds())
                        .put("scope", Client.SCOPE));
    }

    private Client authenticate(Credentials credentials) {
        Client known = null;
        for (Client client : clients) {
            if (client.matches(credentials.id(), credentials.secret())) {
                known = client;
            }
        }
        if (known == null) {
            throw invalidClient();
        }
        return known;
    }

    private static Credentials credentials(@Nullable String authorization, Form form) {
        String id = form.get("client_id");
        String secret = form.get("client_secret");
        if (authorization == null) {
            if (id == null || secret == null) {
                throw invalidClient();
            }
            return new Credentials(id, secret);
        }
        Credentials basic = basic(authorization);
        // §2.3: one method only; but a client_id that says the same does no harm
        if (secret != null || (id != null && !id.equals(basic.id()))) {
            throw invalidRequest("Credentials must come in the Authorization header or in the form, not in both.");
        }
        return basic;
    }

    private static Credentials basic(String authorization) {
        if (!authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            throw invalidClient();
        }
        try {
            byte[] decoded = Base64.getDecoder()
                    .decode(authorization.substring(BASIC.length()).strip());
            String pair = new String(decoded, StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon < 0) {
                throw invalidClient();
            }
            // §2.3.1: both were form-encoded before they were joined
            return new Credentials(Form.decode(pair.substring(0, colon)), Form.decode(pair.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw invalidClient();
        }
    }

    private static Refusal invalidRequest(String description) {
        return new Refusal(Reply.error(400, "invalid_request", description));
    }

    private static Refusal invalidClient() {
        return new Refusal(Reply.error(401, "invalid_client", "The client is unknown or its secret is wrong.")
                .with("WWW-Authenticate", "Basic realm=\"" + Demo.AUTHORIZATION_SERVER + "\""));
    }
}
