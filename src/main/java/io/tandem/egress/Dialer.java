package io.tandem.egress;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.tandem.tls.TlsFiles;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.List;

/**
 * Makes connections of event loops go the way of an {@link Egress} to one server. Names are looked up, and files read for the
 * first time, beforehand, where blocking is allowed. Thread-safe.
 */
public final class Dialer {
    private final Egress egress;
    private final String host;
    private final boolean secure;
    private final TlsFiles files;
    private final LoopTls tls;

    /**
     * Without a proxy.
     *
     * @param server by its URL
     */
    public Dialer(Egress egress, URI server) {
        this.egress = egress;
        this.host = server.getHost().replaceAll("[\\[\\]]", "");
        this.secure = "https".equalsIgnoreCase(server.getScheme());
        this.files = new TlsFiles(egress.trust(), egress.certificate());
        this.tls = new LoopTls(files);
    }

    /** Options for a client of this server; HTTP/2 where TLS lets both sides agree on it. */
    public HttpClientOptions applyTo(HttpClientOptions options) {
        if (!secure) {
            return options;
        }
        return options.setSsl(true)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .setSslEngineOptions(new LoopTls.Engines(tls));
    }

    /**
     * Looks up addresses as they are now, and whether the files can be used. Blocks.
     *
     * @return addresses of the server, at least one, in the order in which they are to be tried
     * @throws IOException when no connection may be made, or none can be
     */
    public List<InetAddress> prepare() throws IOException {
        if (secure) {
            // tells of files that can't be used; each handshake looks at them again
            files.context();
        }
        return List.of(egress.denied().resolver().resolve(host));
    }

    /** Why no connection came about, by the names that other clients have for it. */
    public static IOException reason(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof SslHandshakeTimeoutException) {
                return new HandshakeTimeoutException(new SocketTimeoutException());
            }
            if (e instanceof ConnectTimeoutException) {
                return new SocketTimeoutException();
            }
        }
        return failure instanceof IOException known ? known : new IOException(failure);
    }
}
