package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import io.tandem.oauth2.TokenFailure.Kind;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.MessageConstraintException;

/**
 * Sends one token request and reads the answer. Every way in which that can fail becomes a {@link TokenFailure} with a
 * line that says what to do. Safe for use by any thread.
 */
final class TokenEndpointClient {
    private final TokenEndpoint endpoint;
    private final ClientAuth client;
    private final ClientAuthenticator authenticator;
    private final HTTPRequestSender sender;
    private final TimeSource time;

    TokenEndpointClient(TokenEndpoint endpoint, ClientAuth client, HTTPRequestSender sender, TimeSource time) {
        this.endpoint = endpoint;
        this.client = client;
        this.authenticator = new ClientAuthenticator(client);
        this.sender = sender;
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

        HTTPRequest request = new HTTPRequest(HTTPRequest.Method.POST, endpoint.url());
        request.setAccept("application/json");
        try {
            request.setContentType("application/x-www-form-urlencoded");
        } catch (com.nimbusds.oauth2.sdk.ParseException e) {
            throw new IllegalStateException("a constant media type", e);
        }
        request.setBody(URLUtils.serializeParameters(form));
        authenticator.authenticate(request, redaction);

        HTTPResponse response = send(request);
        int status = response.getStatusCode();
        boolean errorDespite200 = status == 200 && isError(response.getBody());
        boolean answered = status == 200 || status == 201 || status == 204;
        if (!answered || errorDespite200) {
            throw new TokenCallException(new ErrorResponse(response, client, redaction, time.now()).failure());
        }
        return TokenResponseParser.parse(response);
    }

    String fingerprint() {
        return authenticator.fingerprint();
    }

    private static boolean isError(String body) {
        var json = body == null ? null : Json.object(body);
        return json != null && json.hasNonNull("error") && !json.has("access_token");
    }

    private HTTPResponse send(HTTPRequest request) throws TokenCallException {
        String host = endpoint.url().getHost();
        try {
            return request.send(sender);
        } catch (HttpSender.TooLargeException | MessageConstraintException e) {
            throw failed(
                    Kind.TOO_LARGE,
                    "the answer of " + host + " is larger than the limit of " + endpoint.maxResponse()
                            + " bytes: is this a token endpoint?");
        } catch (HttpSender.DeadlineException e) {
            throw failed(
                    Kind.TIMEOUT,
                    host + " did not answer completely within "
                            + endpoint.timeout().toMillis() + " ms");
        } catch (ConnectTimeoutException e) {
            throw failed(
                    Kind.TIMEOUT,
                    "no connection to " + host + " within "
                            + endpoint.connectTimeout().toMillis() + " ms: check host, port, firewall and proxy");
        } catch (SocketTimeoutException e) {
            throw failed(
                    Kind.TIMEOUT,
                    host + " did not answer within " + endpoint.timeout().toMillis() + " ms");
        } catch (UnknownHostException e) {
            throw failed(Kind.NAME_NOT_FOUND, "the name " + host + " can't be resolved: check the token URL and DNS");
        } catch (SSLException e) {
            throw failed(Kind.TLS, "the TLS handshake with " + host + " failed: " + TlsDiagnosis.of(e));
        } catch (HttpHostConnectException e) {
            throw failed(Kind.CONNECTION, host + " refuses the connection on port " + port() + ": is it running?");
        } catch (IOException e) {
            throw failed(
                    Kind.CONNECTION,
                    "the connection to " + host + " broke off before the answer was complete ("
                            + e.getClass().getSimpleName() + ")");
        }
    }

    private int port() {
        int port = endpoint.url().getPort();
        return port >= 0 ? port : "https".equalsIgnoreCase(endpoint.url().getScheme()) ? 443 : 80;
    }

    private static TokenCallException failed(Kind kind, String diagnosis) {
        return new TokenCallException(kind, diagnosis);
    }
}
