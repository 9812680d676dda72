package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import io.tandem.egress.DeniedAddressException;
import io.tandem.egress.HandshakeTimeoutException;
import io.tandem.egress.ProxyRefusedException;
import io.tandem.oauth2.TokenFailure.Kind;
import io.tandem.tls.KeyFileException;
import io.tandem.tls.TlsDiagnosis;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.MessageConstraintException;

/** Turns every way in which an exchange can break off into a line that says what to do. Safe for use by any thread. */
final class HttpCalls {
    private final HTTPRequestSender sender;
    private final Transport transport;

    HttpCalls(HTTPRequestSender sender, Transport transport) {
        this.sender = sender;
        this.transport = transport;
    }

    /** The limits that hold here. */
    Transport transport() {
        return transport;
    }

    HTTPResponse send(HTTPRequest request) throws TokenCallException {
        String host = request.getURI().getHost();
        try {
            return request.send(sender);
        } catch (HttpSender.TooLargeException | MessageConstraintException e) {
            throw failed(
                    Kind.TOO_LARGE,
                    "the answer of " + host + " is larger than the limit of " + transport.maxResponse()
                            + " bytes: check the URL");
        } catch (HttpSender.DeadlineException e) {
            throw failed(
                    Kind.TIMEOUT,
                    host + " did not answer completely within "
                            + transport.timeout().toMillis() + " ms");
        } catch (ConnectTimeoutException e) {
            throw failed(
                    Kind.TIMEOUT,
                    "no connection to " + via(host) + " within "
                            + transport.connectTimeout().toMillis() + " ms: check host, port, firewall and proxy");
        } catch (HandshakeTimeoutException | SocketTimeoutException e) {
            throw failed(
                    Kind.TIMEOUT,
                    host + " accepted the connection but did not answer in time ("
                            + transport.connectTimeout().toMillis() + " ms for TLS, "
                            + transport.timeout().toMillis() + " ms in all)");
        } catch (DeniedAddressException e) {
            throw failed(
                    Kind.DENIED,
                    host + " has no address that is allowed: check the URL, DNS, and which addresses are denied");
        } catch (UnknownHostException e) {
            throw failed(Kind.NAME_NOT_FOUND, "the name " + via(host) + " can't be resolved: check the URL and DNS");
        } catch (ProxyRefusedException e) {
            throw failed(
                    Kind.PROXY,
                    "the proxy did not let the connection to " + host + " through (status " + e.status()
                            + (e.status() == 407 ? "): check its user name and password" : "): check the proxy"));
        } catch (KeyFileException e) {
            throw failed(Kind.SETTINGS, e.problem());
        } catch (SSLException e) {
            throw failed(Kind.TLS, "the TLS handshake with " + host + " failed: " + TlsDiagnosis.of(e));
        } catch (HttpHostConnectException e) {
            throw failed(
                    Kind.CONNECTION,
                    via(host + " on port " + port(request.getURI())) + " refuses the connection: is it running?");
        } catch (IOException e) {
            throw failed(
                    Kind.CONNECTION,
                    "the connection to " + host + " broke off before the answer was complete ("
                            + e.getClass().getSimpleName() + ")");
        }
    }

    private String via(String host) {
        return transport.egress().proxy() == null
                ? host
                : host + " by the proxy " + transport.egress().proxy();
    }

    private static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    }

    private static TokenCallException failed(Kind kind, String diagnosis) {
        return new TokenCallException(kind, diagnosis);
    }
}
