package io.tandem.egress;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.HttpProxyHandler.HttpProxyConnectException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.tandem.tls.TlsFiles;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ProxyOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections of event loops go the way of an {@link Egress} to one server. What has to be looked up in files and name
 * servers is looked up beforehand, where blocking is allowed. Thread-safe.
 */
public final class Dialer {
    private static final Pattern STATUS = Pattern.compile("status: (\\d{3})");

    private final Egress egress;
    private final String host;
    private final boolean secure;
    private final TlsFiles files;
    private final LoopTls tls = new LoopTls();

    /**
     * What was found out for the connections of the next moments.
     *
     * @param addresses of the server, in the order in which they are to be tried; with a proxy none
     * @param proxy null: none
     */
    public record Way(List<InetAddress> addresses, @Nullable ProxyOptions proxy) {}

    /** @param server by its URL */
    public Dialer(Egress egress, URI server) {
        this.egress = egress;
        this.host = server.getHost().replaceAll("[\\[\\]]", "");
        this.secure = "https".equalsIgnoreCase(server.getScheme());
        this.files = new TlsFiles(egress.trust(), egress.certificate());
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
     * Looks up addresses and files as they are now, for all connections from now on. Blocks.
     *
     * @throws IOException when no connection may be made, or none can be
     */
    public Way prepare() throws IOException {
        if (secure) {
            tls.use(files.context());
        }
        HttpProxy proxy = egress.proxy();
        if (proxy == null) {
            return new Way(List.of(egress.denied().resolver().resolve(host)), null);
        }
        egress.refuseDenied(host);
        ProxyOptions options = new ProxyOptions()
                .setHost(SystemDefaultDnsResolver.INSTANCE.resolve(proxy.host())[0].getHostAddress())
                .setPort(proxy.port());
        if (proxy.username() != null) {
            options.setUsername(proxy.username())
                    .setPassword(proxy.password() == null ? "" : proxy.password().get());
        }
        return new Way(List.of(), options);
    }

    /**
     * Whether a reply is the proxy's own.
     *
     * @return what it means, or null
     */
    public @Nullable ProxyRefusedException refusal(int status) {
        return status == 407 && egress.proxy() != null ? new ProxyRefusedException(status) : null;
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
            if (e instanceof ProxyConnectException) {
                Matcher status = STATUS.matcher(String.valueOf(e.getMessage()));
                boolean answered = e instanceof HttpProxyConnectException && status.find();
                return answered ? new ProxyRefusedException(Integer.parseInt(status.group(1))) : new IOException(e);
            }
        }
        return failure instanceof IOException known ? known : new IOException(failure);
    }
}
