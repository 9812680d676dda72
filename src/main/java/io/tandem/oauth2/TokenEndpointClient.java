package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends one token request and reads the answer. Every way in which that can fail becomes a {@link TokenFailure} with a
 * line that says what to do. Safe for use by any thread.
 */
final class TokenEndpointClient {
    private final ServerLocator locator;
    private final ClientAuth client;
    private final ClientAuthenticator authenticator;
    private final HttpCalls calls;
    private final TimeSource time;

    TokenEndpointClient(ServerLocator locator, ClientAuth client, HttpCalls calls, TimeSource time) {
        this.locator = locator;
        this.client = client;
        this.authenticator = new ClientAuthenticator(client);
        this.calls = calls;
        this.time = time;
    }

    /**
     * One token call.
     *
     * @param grant the grant's own parameters
     * @param parameters scope and the like
     * @param redaction knows what of the grant must not be seen
     */
    TokenReply call(Map<String, List<String>> grant, TokenParameters parameters, Redaction redaction)
            throws TokenCallException {
        Map<String, List<String>> form = form(grant, parameters, redaction);
        ServerMetadata server = locator.metadata();
        URI url = client instanceof ClientAuth.Tls ? server.tokenUrlForTls() : server.tokenUrl();
        HTTPResponse response;
        try {
            response = send(url, form, server, redaction);
        } catch (TokenCallException e) {
            boolean elsewhere =
                    switch (e.failure().kind()) {
                        case NOT_FOUND, REDIRECT, CONNECTION, NAME_NOT_FOUND, DENIED, TIMEOUT, TLS -> true;
                        default -> false;
                    };
            if (elsewhere) {
                locator.forget();
            }
            throw e;
        }
        return TokenResponseParser.parse(response);
    }

    /**
     * Starts a device login (RFC 8628 §3.1) and gives the answer as it is.
     *
     * @param own parameters of this login
     */
    HTTPResponse startDevice(URI url, Map<String, List<String>> own, TokenParameters parameters)
            throws TokenCallException {
        Redaction redaction = new Redaction();
        Map<String, List<String>> form = form(own, parameters, redaction);
        return send(url, form, locator.metadata(), redaction);
    }

    private Map<String, List<String>> form(
            Map<String, List<String>> grant, TokenParameters parameters, Redaction redaction) {
        Map<String, List<String>> form = new LinkedHashMap<>(grant);
        if (!parameters.scope().isEmpty()) {
            form.put("scope", List.of(String.join(" ", parameters.scope())));
        }
        if (parameters.audience() != null) {
            form.put("audience", List.of(parameters.audience()));
        }
        if (!parameters.resource().isEmpty()) {
            form.put(
                    "resource",
                    parameters.resource().stream().map(Object::toString).toList());
        }
        parameters.extra().forEach((name, value) -> {
            form.put(name, List.of(value));
            // in some dialects these are secrets; short ones are not, and would withhold every text
            if (value.length() >= 8) {
                redaction.add(value);
            }
        });
        authenticator.identify(form);
        return form;
    }

    private HTTPResponse send(URI url, Map<String, List<String>> form, ServerMetadata server, Redaction redaction)
            throws TokenCallException {
        HTTPRequest request = post(url);
        request.setBody(URLUtils.serializeParameters(form));
        authenticator.authenticate(request, server, redaction, time.now());
        HTTPResponse response = calls.send(request);
        int status = response.getStatusCode();
        boolean errorDespite200 = status == 200 && isError(response.getBody());
        boolean answered = status == 200 || status == 201 || status == 204;
        if (!answered || errorDespite200) {
            throw new TokenCallException(new ErrorResponse(response, client, redaction, time.now()).failure());
        }
        return response;
    }

    private static HTTPRequest post(URI url) {
        HTTPRequest request = new HTTPRequest(HTTPRequest.Method.POST, url);
        request.setAccept("application/json");
        try {
            request.setContentType("application/x-www-form-urlencoded");
        } catch (ParseException e) {
            throw new IllegalStateException("a constant media type", e);
        }
        return request;
    }

    String fingerprint() {
        return authenticator.fingerprint();
    }

    private static boolean isError(String body) {
        var json = body == null ? null : Json.object(body);
        return json != null && json.hasNonNull("error") && !json.has("access_token");
    }
}
