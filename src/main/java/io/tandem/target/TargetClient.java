package io.tandem.target;

import io.tandem.config.Settings;
import io.tandem.oauth2.QuietConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one target. Belongs to the application and outlives the routes: each set of routes builds its
 * camel-http endpoints on it by naming it as {@code httpClientConfigurer}. Thread-safe.
 */
public final class TargetClient implements HttpClientConfigurer, AutoCloseable {
    /** Many servers close idle connections after 5 s; one that lay idle for longer than this is checked before use. */
    private static final TimeValue VALIDATE_AFTER = TimeValue.ofSeconds(1);

    private static final TimeValue IDLE_LIMIT = TimeValue.ofSeconds(50);

    private final PoolingHttpClientConnectionManager pool;
    private final RequestConfig requestConfig;

    /** By message id: camel-http offers no other way to hand something through to the client. */
    private final Map<String, Attempt> attempts = new ConcurrentHashMap<>();

    public TargetClient(Settings.Target target) {
        Timeout timeout = timeout(target.timeout());
        pool = PoolingHttpClientConnectionManagerBuilder.create()
                // HttpClient's own would log credentials, whoever turned the root logger up
                .setConnectionFactory(socket -> new QuietConnection(Http1Config.DEFAULT))
                .setMaxConnTotal(target.maxConnections())
                .setMaxConnPerRoute(target.maxConnections())
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.STRICT)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(timeout(target.connectTimeout()))
                        .setSocketTimeout(timeout)
                        .setValidateAfterInactivity(VALIDATE_AFTER)
                        .build())
                .setDefaultSocketConfig(SocketConfig.custom()
                        .setSoTimeout(timeout)
                        .setTcpNoDelay(true)
                        .build())
                .build();
        requestConfig = RequestConfig.custom()
                .setConnectionRequestTimeout(timeout(target.leaseTimeout()))
                .setResponseTimeout(timeout)
                .setConnectionKeepAlive(IDLE_LIMIT)
                .setRedirectsEnabled(false)
                .setAuthenticationEnabled(false)
                .build();
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.setConnectionManager(pool)
                .setConnectionManagerShared(true)
                .setDefaultRequestConfig(requestConfig)
                // retries are Tandem's: they know the deadline, and whether a message may be sent again
                .disableAutomaticRetries()
                // a redirect would carry the token to another place (CVE-2026-85251)
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableConnectionState()
                .disableDefaultUserAgent()
                .addExecInterceptorFirst("tandem-attempt", this::execute)
                .addExecInterceptorBefore(ChainElement.MAIN_TRANSPORT.name(), "tandem-connected", this::send);
    }

    /** From now on the request of this message belongs to {@code attempt}. */
    void begin(String messageId, Attempt attempt) {
        attempts.put(messageId, attempt);
    }

    /** Null when none is under way. */
    @Nullable
    Attempt attempt(String messageId) {
        return attempts.get(messageId);
    }

    void end(String messageId, Attempt attempt) {
        attempts.remove(messageId, attempt);
    }

    /** Closes connections that have lain idle; to be called now and then. */
    public void evictIdle() {
        pool.closeExpired();
        pool.closeIdle(IDLE_LIMIT);
    }

    /** Connections in use now. */
    public int leased() {
        return pool.getTotalStats().getLeased();
    }

    /** Requests that wait for a connection now. */
    public int pending() {
        return pool.getTotalStats().getPending();
    }

    @Override
    public void close() {
        pool.close();
    }

    private ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Attempt attempt = attempt(request);
        if (attempt != null) {
            attempt.executing(scope.originalRequest);
            attempt.headers().applyTo(request);
        }
        return chain.proceed(request, scope);
    }

    private ClassicHttpResponse send(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Attempt attempt = attempt(request);
        if (attempt != null) {
            attempt.connected();
        }
        return chain.proceed(request, scope);
    }

    private @Nullable Attempt attempt(ClassicHttpRequest request) {
        Header messageId = request.getFirstHeader(OutboundRequest.MESSAGE_ID);
        return messageId == null ? null : attempt(messageId.getValue());
    }

    private static Timeout timeout(Duration duration) {
        return Timeout.of(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
