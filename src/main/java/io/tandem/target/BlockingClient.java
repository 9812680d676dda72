package io.tandem.target;

import io.tandem.config.Settings;
import io.tandem.egress.Egress;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.methods.HttpHead;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Connections that hold a thread while they wait. Each set of routes builds its camel-http endpoints on it by naming it as
 * {@code httpClientConfigurer}. Thread-safe.
 */
final class BlockingClient implements TargetClient, HttpClientConfigurer {
    /** Many servers close idle connections after 5 s; one that lay idle for longer than this is checked before use. */
    private static final TimeValue VALIDATE_AFTER = TimeValue.ofSeconds(1);

    /** Of what a target sends before its body. */
    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxHeaderCount(200)
            .setMaxLineLength(16 * 1024)
            .setMaxEmptyLineCount(10)
            .build();

    private static final TimeValue IDLE_LIMIT = TimeValue.ofSeconds(50);

    /** Then a connection is made anew, by the certificates as they are by then. */
    private static final TimeValue RENEWED_AFTER = TimeValue.ofMinutes(5);

    private final Egress egress;
    private final HttpHost authority;
    private final PoolingHttpClientConnectionManager pool;
    private final RequestConfig requestConfig;

    /** For what an attempt bounds: on a virtual thread, each read that has a time-out of its own starts and ends a timer. */
    private final RequestConfig bounded;

    private final ReplyMemory memory;
    private final Attempts attempts = new Attempts();

    BlockingClient(Settings.Target target, ReplyMemory memory) {
        this.memory = memory;
        Timeout timeout = timeout(target.timeout());
        egress = Connections.egress(target.connection());
        authority = Connections.authority(URI.create(target.url()));
        boolean renewable = egress.trust() != null || egress.certificate() != null;
        pool = egress.connections(LIMITS)
                .setMaxConnTotal(target.maxConnections())
                .setMaxConnPerRoute(target.maxConnections())
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.STRICT)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(timeout(target.connectTimeout()))
                        .setSocketTimeout(timeout)
                        .setValidateAfterInactivity(VALIDATE_AFTER)
                        .setTimeToLive(renewable ? RENEWED_AFTER : TimeValue.NEG_ONE_MILLISECOND)
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
        bounded = RequestConfig.copy(requestConfig)
                .setResponseTimeout(Timeout.DISABLED)
                .build();
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.setConnectionManager(pool)
                .setConnectionManagerShared(true)
                .setDefaultRequestConfig(requestConfig)
                .disableConnectionState()
                .disableDefaultUserAgent()
                .addExecInterceptorFirst("tandem-attempt", this::execute)
                .addExecInterceptorBefore(ChainElement.MAIN_TRANSPORT.name(), "tandem-connected", this::send);
        egress.applyTo(builder);
    }

    /**
     * Makes a connection as for a message (name, address, proxy, TLS), and sends nothing to the target.
     *
     * @throws IOException as what comes of messages would be told from
     */
    void connect() throws IOException {
        HttpClientBuilder builder = HttpClientBuilder.create();
        configureHttpClient(builder);
        builder.addExecInterceptorBefore(
                ChainElement.MAIN_TRANSPORT.name(),
                "tandem-connect-only",
                (request, scope, chain) -> new BasicClassicHttpResponse(HttpStatus.SC_NO_CONTENT));
        try (CloseableHttpClient client = builder.build()) {
            client.executeOpen(authority, new HttpHead("/"), null).close();
        }
    }

    @Override
    public Attempts attempts() {
        return attempts;
    }

    @Override
    public ReplyMemory memory() {
        return memory;
    }

    @Override
    public void evictIdle() {
        pool.closeExpired();
        pool.closeIdle(IDLE_LIMIT);
    }

    @Override
    public int leased() {
        return pool.getTotalStats().getLeased();
    }

    @Override
    public int pending() {
        return pool.getTotalStats().getPending();
    }

    @Override
    public void close() {
        pool.close();
    }

    private ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        // whatever a route, a header or a defect (CVE-2026-78164) makes of the URL: credentials go nowhere else
        if (!authority.equals(scope.route.getTargetHost())) {
            throw new ForeignAuthorityException();
        }
        Attempt attempt = attempt(request);
        if (attempt != null) {
            if (scope.originalRequest instanceof Cancellable cancellable) {
                attempt.executing(cancellable::cancel);
            }
            attempt.headers().applyTo(request);
        }
        return chain.proceed(request, scope);
    }

    private ClassicHttpResponse send(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Attempt attempt = attempt(request);
        if (attempt != null) {
            attempt.connected();
            scope.clientContext.setRequestConfig(bounded);
        }
        return chain.proceed(request, scope);
    }

    private @Nullable Attempt attempt(ClassicHttpRequest request) {
        Header messageId = request.getFirstHeader(OutboundRequest.MESSAGE_ID);
        return messageId == null ? null : attempts.of(messageId.getValue());
    }

    private static Timeout timeout(Duration duration) {
        return Timeout.of(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
