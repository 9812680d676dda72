package io.tandem.egress;

import io.tandem.tls.CertificateAndKey;
import io.tandem.tls.TlsFiles;
import io.tandem.tls.TrustedCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.jspecify.annotations.Nullable;

/**
 * By which way a server is reached. Immutable. Files and passwords are read at each connection, so that a renewed
 * certificate takes effect. Certificates and host names are always verified: there is no way to switch that off.
 *
 * @param trust whose certificates are trusted, instead of the JVM's list
 * @param certificate shown when the server asks for one
 * @param proxy by which the server is reached
 * @param denied addresses that are not connected to. With a proxy it is the proxy that resolves names and connects, so
 *     that only servers named by an address are looked at; the proxy itself may have any address
 */
public record Egress(
        @Nullable TrustedCertificates trust,
        @Nullable CertificateAndKey certificate,
        @Nullable HttpProxy proxy,
        DeniedAddresses denied) {
    /** The JVM's trust, no client certificate, no proxy, every address. */
    public static final Egress DIRECT = new Egress(null, null, null, DeniedAddresses.NONE);

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

    /** The same with its own list of trusted certificates. */
    public Egress withTrust(@Nullable TrustedCertificates certificates) {
        return new Egress(certificates, certificate, proxy, denied);
    }

    /** The same with a client certificate. */
    public Egress withCertificate(@Nullable CertificateAndKey own) {
        return new Egress(trust, own, proxy, denied);
    }

    /** The same by way of a proxy. */
    public Egress withProxy(@Nullable HttpProxy by) {
        return new Egress(trust, certificate, by, denied);
    }

    /** The same with other addresses denied. */
    public Egress withDenied(DeniedAddresses addresses) {
        return new Egress(trust, certificate, proxy, addresses);
    }

    /** Connections that go this way, and log nothing; each caller adds its own limits. */
    public PoolingHttpClientConnectionManagerBuilder connections(Http1Config limits) {
        PoolingHttpClientConnectionManagerBuilder connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(socket -> new QuietConnection(limits))
                .setTlsSocketStrategy(new ReloadingTls(new TlsFiles(trust, certificate)));
        if (proxy == null && !denied.blocks().isEmpty()) {
            connections.setDnsResolver(denied.resolver());
        }
        return connections;
    }

    /** Has a client's requests go this way, and no further: no redirect, no credentials but those that it is given. */
    public void applyTo(HttpClientBuilder builder) {
        // a redirect would carry the credentials to another place (CVE-2026-85251)
        builder.disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching();
        if (proxy != null) {
            builder.setProxy(proxy.address()).addExecInterceptorFirst("by-proxy", this::byProxy);
        }
    }

    private ClassicHttpResponse byProxy(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        refuseDenied(scope.route.getTargetHost().getHostName());
        authenticate(scope.clientContext);
        ClassicHttpResponse response = chain.proceed(request, scope);
        // A refused CONNECT comes back as if the server had said it; without TLS it can't have.
        boolean ofProxy =
                response.getCode() == 407 || (scope.route.isSecure() && scope.clientContext.getSSLSession() == null);
        if (ofProxy) {
            // HttpClient leaves it leased
            scope.execRuntime.discardEndpoint();
            throw new ProxyRefusedException(response.getCode());
        }
        return response;
    }

    private void refuseDenied(String host) throws UnknownHostException {
        if (ADDRESS.matcher(host).matches() && denied.covers(InetAddress.getByName(host))) {
            throw new DeniedAddressException(host);
        }
    }

    // Preemptively, with the password as it is now: with challenges switched off nothing else would send it.
    private void authenticate(HttpClientContext context) {
        if (proxy == null || proxy.username() == null) {
            return;
        }
        String password = proxy.password() == null ? "" : proxy.password().get();
        BasicScheme scheme = new BasicScheme();
        scheme.initPreemptive(new UsernamePasswordCredentials(proxy.username(), password.toCharArray()));
        AuthExchange exchange = new AuthExchange();
        exchange.select(scheme);
        context.setAuthExchange(proxy.address(), exchange);
    }
}
