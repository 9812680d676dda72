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
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

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

    /** The exchange took too long. */
    static final class DeadlineException extends SocketTimeoutException {
        private static final long serialVersionUID = 1L;
    }

    /** The body is larger than the limit. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    HttpSender(Transport transport, TimeSource timer) {
        this.timer = timer;
        this.timeout = transport.timeout();
        this.maxResponse = transport.maxResponse();
        Timeout connect = Timeout.of(transport.connectTimeout());
        Timeout whole = Timeout.of(transport.timeout());
        Http1Config limits = Http1Config.custom()
                .setMaxHeaderCount(100)
                .setMaxLineLength(8192)
                .setMaxEmptyLineCount(10)
                .build();
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(transport
                        .egress()
                        .connections(limits)
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
                .disableContentCompression();
        transport.egress().applyTo(builder);
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
            return read(client.executeOpen(null, outgoing, null));
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
