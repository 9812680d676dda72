package io.tandem.egress;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.tandem.tls.KeyFileException;
import io.tandem.tls.TlsFiles;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.2 and later for connections of event loops, with files as they are at each handshake; who answers is always
 * verified. Thread-safe. The event loop looks whether a file changed, and reads one that did.
 */
final class LoopTls extends SslContext {
    private static final ApplicationProtocolConfig ALPN = new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2,
            ApplicationProtocolNames.HTTP_1_1);

    private record Current(SSLContext context, SslContext tls) {}

    private final TlsFiles files;
    private volatile @Nullable Current current;

    LoopTls(TlsFiles files) {
        this.files = files;
    }

    private static SslContext wrapped(SSLContext context) {
        return new JdkSslContext(
                context,
                true,
                null,
                IdentityCipherSuiteFilter.INSTANCE,
                ALPN,
                ClientAuth.NONE,
                ReloadingTls.VERSIONS.clone(),
                false);
    }

    private SslContext tls() {
        SSLContext context;
        try {
            context = files.context();
        } catch (KeyFileException e) {
            throw new IllegalStateException("no connection is made before the files could be used", e);
        }
        Current known = current;
        if (known == null || known.context() != context) {
            known = new Current(context, wrapped(context));
            current = known;
        }
        return known.tls();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        throw new UnsupportedOperationException("a server without a name can't be verified");
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        SSLEngine engine = tls().newEngine(allocator, peerHost, peerPort);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public boolean isClient() {
        return true;
    }

    @Override
    public List<String> cipherSuites() {
        return tls().cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in Netty's class
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return tls().applicationProtocolNegotiator();
    }

    @Override
    public SSLSessionContext sessionContext() {
        return tls().sessionContext();
    }

    /** Has Vert.x make its engines by it; handshakes compute on its workers. */
    static final class Engines extends SSLEngineOptions {
        private final LoopTls tls;

        Engines(LoopTls tls) {
            this.tls = tls;
            setUseWorkerThread(true);
        }

        @Override
        public SSLEngineOptions copy() {
            return new Engines(tls);
        }

        @Override
        public SslContextFactory sslContextFactory() {
            return () -> tls;
        }
    }
}
