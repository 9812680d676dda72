package io.tandem.cases;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tandem.cases.Case.Fault;
import io.tandem.cases.Case.Reply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Answers HTTP/1.1 on free ports of loopback, or fails in every way in which a server can fail: what it writes is made
 * byte by byte, since a well-behaved HTTP server can't be made to misbehave. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // how a write to a channel that the other side closes ends is no news
final class StubServer implements AutoCloseable {
    private static final int MAX_REQUEST = 64 * 1024 * 1024;
    private static final int DRIPS = 20;

    private final NioEventLoopGroup loops = new NioEventLoopGroup(2, new DefaultThreadFactory("stub-targets", true));
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /**
     * Opens a port.
     *
     * @param answers gives the reply to each request; must not block
     * @return the port
     */
    int listen(Function<StubRequest, Reply> answers) {
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 512)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channels.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(MAX_REQUEST))
                                .addLast(new Answering(answers));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
        channels.add(server);
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Override
    public void close() {
        channels.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final Function<StubRequest, Reply> answers;

        Answering(Function<StubRequest, Reply> answers) {
            this.answers = answers;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            Reply reply = answers.apply(new StubRequest(
                    request.method().name(),
                    request.uri(),
                    request.headers().entries(),
                    ByteBufUtil.getBytes(request.content())));
            context.executor()
                    .schedule(() -> answer(context, reply), reply.delay().toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        private static void answer(ChannelHandlerContext context, Reply reply) {
            Fault fault = reply.fault();
            if (fault == null) {
                complete(context, reply);
                return;
            }
            switch (fault) {
                case TIMEOUT -> {
                    // the caller closes
                }
                case RESET -> {
                    context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                    context.close();
                }
                case CUT_OFF -> {
                    ByteBuf head = head(reply, reply.body().length + 1000);
                    raw(context, Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(reply.body())), true);
                }
                case GARBAGE -> raw(context, Unpooled.copiedBuffer("\u0001\u0002?\n\n!", StandardCharsets.UTF_8), true);
                default -> context.close();
            }
        }

        private static void complete(ChannelHandlerContext context, Reply reply) {
            byte[] body = reply.body();
            raw(context, head(reply, body.length), false);
            if (reply.drip().isZero()) {
                raw(context, Unpooled.wrappedBuffer(body), false);
                return;
            }
            int size = Math.max(1, (body.length + DRIPS - 1) / DRIPS);
            long pause = reply.drip().toNanos() / DRIPS;
            for (int i = 0, from = 0; from < body.length; i++, from += size) {
                ByteBuf part = Unpooled.wrappedBuffer(body, from, Math.min(size, body.length - from));
                context.executor().schedule(() -> raw(context, part, false), pause * i, TimeUnit.NANOSECONDS);
            }
        }

        private static ByteBuf head(Reply reply, int length) {
            StringBuilder head =
                    new StringBuilder("HTTP/1.1 ").append(reply.status()).append(" \r\n");
            for (Map.Entry<String, String> header : reply.headers().entrySet()) {
                head.append(header.getKey())
                        .append(": ")
                        .append(header.getValue())
                        .append("\r\n");
            }
            // these have no body, and so no length (RFC 9110, section 8.6)
            if (reply.status() != 204 && reply.status() != 304) {
                head.append(HttpHeaderNames.CONTENT_LENGTH)
                        .append(": ")
                        .append(length)
                        .append("\r\n");
            }
            return Unpooled.copiedBuffer(head.append("\r\n"), StandardCharsets.ISO_8859_1);
        }

        /** Past the codec, which would not let through what is no HTTP. */
        private static void raw(ChannelHandlerContext context, ByteBuf bytes, boolean close) {
            var written = context.pipeline().context(HttpServerCodec.class).writeAndFlush(bytes);
            if (close) {
                written.addListener(ChannelFutureListener.CLOSE);
            }
        }
    }
}
