package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to an authorization server with hard limits: of time for the whole exchange, of bytes for headers and
 * body. Follows no redirect, keeps no cookie, repeats nothing, decompresses nothing, logs nothing. Blocks its caller;
 * safe for use by any thread.
 *
 * <p>On Apache HttpClient, as the targets are: its classes are loaded anyway, it has no threads of its own, a blocked
 * exchange can be aborted from outside, and proxies with credentials work. {@code java.net.http} costs a selector
 * thread for each TLS or proxy setting and a later first call. Connections are not kept: token calls are minutes apart,
 * and a request that is unsafe to repeat should not meet a connection that the server is just closing.
 */
final class HttpSender implements HTTPRequestSender, AutoCloseable {
    private static final List<String> WANTED_HEADERS =
            List.of("Content-Type", "Content-Encoding", "Date", "Retry-After", "WWW-Authenticate", "Location");

    private final CloseableHttpClient client;
    private final TimeSource timer;
    private final Duration timeout;
    private final int maxResponse;
    private final @Nullable HttpProxy proxy;

    /** The exchange took too long. */
    static final class DeadlineException extends SocketTimeoutException {
        private static final long serialVersionUID = 1L;
    }

    /** The body is larger than the limit. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** The proxy answered instead of the server. */
    static final class ProxyRefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;

        ProxyRefusedException(int status) {
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    HttpSender(Transport transport, TimeSource timer) {
        this.timer = timer;
        this.timeout = transport.timeout();
        this.maxResponse = transport.maxResponse();
        this.proxy = transport.proxy();
        Timeout connect = Timeout.of(transport.connectTimeout());
        Timeout whole = Timeout.of(transport.timeout());
        Http1Config limits = Http1Config.custom()
                .setMaxHeaderCount(100)
                .setMaxLineLength(8192)
                .setMaxEmptyLineCount(10)
                .build();
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setConnectionFactory(socket -> new QuietConnection(limits))
                        .setTlsSocketStrategy(new ReloadingTls(transport))
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(connect)
                                .setSocketTimeout(whole)
                                .build())
                        .setDefaultTlsConfig(
                                TlsConfig.custom().setHandshakeTimeout(connect).build())
                        .setDefaultSocketConfig(
                                SocketConfig.custom().setTcpNoDelay(true).build())
                        .setMaxConnTotal(64)
                        .setMaxConnPerRoute(64)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(whole)
                        .setResponseTimeout(whole)
                        .setProtocolUpgradeEnabled(false)
                        // it would only try to read challenges, and write malformed ones to the log as they are
                        .setAuthenticationEnabled(false)
                        .build())
                .setConnectionReuseStrategy((request, response, context) -> false)
                .setUserAgent("Tandem")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableContentCompression()
                .disableAuthCaching();
        if (proxy != null) {
            builder.setProxy(new HttpHost("http", proxy.host(), proxy.port()));
        }
        client = builder.build();
    }

    @Override
    public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
        HttpUriRequestBase outgoing = new HttpUriRequestBase(request.getMethod().name(), request.getURI());
        request.getHeaderMap().forEach((name, values) -> {
            if (!name.equalsIgnoreCase("Content-Type")) {
                values.forEach(value -> outgoing.addHeader(name, value));
            }
        });
        if (request.getMethod() == HTTPRequest.Method.POST) {
            String body = request.getBody() == null ? "" : request.getBody();
            outgoing.setEntity(new ByteArrayEntity(
                    body.getBytes(StandardCharsets.UTF_8), ContentType.create("application/x-www-form-urlencoded")));
        }
        outgoing.setHeader("Connection", "close");
        AtomicBoolean late = new AtomicBoolean();
        TimeSource.Scheduled deadline = timer.schedule(timeout, () -> {
            late.set(true);
            outgoing.cancel();
        });
        try {
            HttpClientContext context = HttpClientContext.create();
            authenticateAtProxy(context);
            ClassicHttpResponse response = client.executeOpen(null, outgoing, context);
            if (refusedByProxy(request, response, context)) {
                throw new ProxyRefusedException(response.getCode());
            }
            return read(response);
        } catch (TooLargeException e) {
            throw e;
        } catch (IOException e) {
            throw late.get() ? new DeadlineException() : e;
        } finally {
            deadline.cancel();
            // Not response.close(): that would first read the rest, which may never end.
            outgoing.cancel();
        }
    }

    // Preemptively, with the password as it is now: with challenges switched off nothing else would send it.
    private void authenticateAtProxy(HttpClientContext context) {
        if (proxy == null || proxy.username() == null) {
            return;
        }
        String password = proxy.password() == null ? "" : proxy.password().get();
        BasicScheme scheme = new BasicScheme();
        scheme.initPreemptive(new UsernamePasswordCredentials(proxy.username(), password.toCharArray()));
        AuthExchange exchange = new AuthExchange();
        exchange.select(scheme);
        context.setAuthExchange(new HttpHost("http", proxy.host(), proxy.port()), exchange);
    }

    // A refused CONNECT comes back as if the server had said it; without TLS it can't have.
    private boolean refusedByProxy(
            ReadOnlyHTTPRequest request, ClassicHttpResponse response, HttpClientContext context) {
        return proxy != null
                && (response.getCode() == 407
                        || ("https".equalsIgnoreCase(request.getURI().getScheme()) && context.getSSLSession() == null));
    }

    private HTTPResponse read(ClassicHttpResponse response) throws IOException {
        HTTPResponse reply = new HTTPResponse(response.getCode());
        for (String name : WANTED_HEADERS) {
            Header header = response.getFirstHeader(name);
            if (header != null) {
                reply.setHeader(name, header.getValue());
            }
        }
        reply.setBody(new String(read(response.getEntity()), StandardCharsets.UTF_8));
        return reply;
    }

    private byte[] read(HttpEntity entity) throws IOException {
        if (entity == null) {
            return new byte[0];
        }
        if (entity.getContentLength() > maxResponse) {
            throw new TooLargeException();
        }
        InputStream in = entity.getContent();
        byte[] body = in.readNBytes(maxResponse + 1);
        if (body.length > maxResponse) {
            throw new TooLargeException();
        }
        return body;
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}
