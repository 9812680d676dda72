package io.tandem.egress;

import io.tandem.tls.TlsFiles;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.jspecify.annotations.Nullable;

/** TLS 1.2 and later, with files as they are at each handshake; who answers is always verified. Thread-safe. */
final class ReloadingTls implements TlsSocketStrategy {
    static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private record Strategy(SSLContext context, TlsSocketStrategy tls) {}

    private final TlsFiles files;
    private volatile @Nullable Strategy current;

    ReloadingTls(TlsFiles files) {
        this.files = files;
    }

    @Override
    public SSLSocket upgrade(Socket socket, String target, int port, Object attachment, HttpContext context)
            throws IOException {
        try {
            return strategy(files.context()).upgrade(socket, target, port, attachment, context);
        } catch (SocketTimeoutException e) {
            // HttpClient would make "no connection in time" of it
            throw new HandshakeTimeoutException(e);
        }
    }

    private TlsSocketStrategy strategy(SSLContext context) {
        Strategy known = current;
        if (known == null || known.context() != context) {
            // the JDK's own check of the host name; HttpClient's would load the public suffix list first
            known = new Strategy(
                    context,
                    new DefaultClientTlsStrategy(
                            context,
                            VERSIONS,
                            null,
                            SSLBufferMode.STATIC,
                            HostnameVerificationPolicy.BUILTIN,
                            NoopHostnameVerifier.INSTANCE));
            current = known;
        }
        return known.tls();
    }
}
