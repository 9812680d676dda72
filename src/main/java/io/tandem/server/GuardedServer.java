package io.tandem.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.traffic.GlobalTrafficShapingHandler;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import io.vertx.core.http.impl.HttpServerConnectionHandler;
import io.vertx.core.http.impl.HttpServerImpl;
import io.vertx.core.http.impl.HttpServerWorker;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.SslChannelProvider;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Vert.x server, told of each connection as soon as it is accepted, and without the upgrade from HTTP/1.1 to HTTP/2:
 * without TLS, a connection is HTTP/2 when it begins so. With HTTP/2 in the clear, Vert.x alone would tell of a
 * connection only once something came on it, and take its first request apart by a decoder that can't be replaced.
 */
public final class GuardedServer extends HttpServerImpl {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedServer.class);

    private final VertxInternal internal;
    private final HttpServerOptions http;
    private final Events events;

    /**
     * Who is told what comes.
     *
     * @param accepted a connection of which nothing is known yet; false: nothing more is done for it
     * @param connected a connection whose protocol is known, before its first request
     * @param request a request
     * @param invalid what is no HTTP/1.1 request
     */
    public record Events(
            Predicate<Channel> accepted,
            Handler<HttpConnection> connected,
            Handler<HttpServerRequest> request,
            Handler<HttpServerRequest> invalid) {}

    public GuardedServer(Vertx vertx, HttpServerOptions options, Events events) {
        super((VertxInternal) vertx, options);
        this.internal = (VertxInternal) vertx;
        this.http = options;
        this.events = events;
        connectionHandler(events.connected);
        requestHandler(events.request);
        invalidRequestHandler(events.invalid);
        exceptionHandler(GuardedServer::failed);
    }

    private static void failed(Throwable e) {
        LOG.debug("connection error", e);
    }

    @Override
    protected BiConsumer<Channel, SslChannelProvider> childHandler(
            ContextInternal context, SocketAddress address, GlobalTrafficShapingHandler trafficShaping) {
        BiConsumer<Channel, SslChannelProvider> any = super.childHandler(context, address, trafficShaping);
        BiConsumer<Channel, SslChannelProvider> first =
                http.isSsl() || !http.isHttp2ClearTextEnabled() ? any : byPreface(any, http1(context, address));
        return (channel, tls) -> {
            if (events.accepted.test(channel)) {
                first.accept(channel, tls);
            }
        };
    }

    private HttpServerWorker http1(ContextInternal context, SocketAddress address) {
        return new HttpServerWorker(
                context,
                context::duplicate,
                this,
                internal,
                new HttpServerOptions(http).setHttp2ClearTextEnabled(false),
                "http://" + address.host() + ":" + address.port(),
                new HttpServerConnectionHandler(
                        this, events.request, events.invalid, null, null, events.connected, GuardedServer::failed),
                GuardedServer::failed,
                null);
    }

    private static BiConsumer<Channel, SslChannelProvider> byPreface(
            BiConsumer<Channel, SslChannelProvider> http2, BiConsumer<Channel, SslChannelProvider> http1) {
        return (channel, tls) ->
                channel.pipeline().addLast(new Preface(isHttp2 -> (isHttp2 ? http2 : http1).accept(channel, tls)));
    }

    /** Waits for the first bytes, which tell the protocol (RFC 9113 §3.4); for one connection, on its event loop. */
    private static final class Preface extends ChannelInboundHandlerAdapter {
        private static final byte[] HTTP_2 = Http1xOrH2CHandler.HTTP_2_PREFACE.getBytes(StandardCharsets.US_ASCII);

        private final Consumer<Boolean> decided;
        private int seen;

        Preface(Consumer<Boolean> decided) {
            this.decided = decided;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            int before = seen;
            for (int at = bytes.readerIndex(); seen < HTTP_2.length && at < bytes.writerIndex(); at++) {
                if (bytes.getByte(at) != HTTP_2[seen]) {
                    decide(context, before, bytes, false);
                    return;
                }
                seen++;
            }
            if (seen == HTTP_2.length) {
                decide(context, before, bytes, true);
            } else {
                bytes.release();
            }
        }

        private void decide(ChannelHandlerContext context, int before, ByteBuf bytes, boolean isHttp2) {
            decided.accept(isHttp2);
            if (before > 0) {
                context.fireChannelRead(context.alloc().buffer(before).writeBytes(HTTP_2, 0, before));
            }
            context.fireChannelRead(bytes);
            context.pipeline().remove(this);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            ChannelFuture unused = context.close();
        }
    }
}
