package io.tandem.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one HTTP/2 connection may ask for. Requests that are not well-formed end their stream before Vert.x sees them;
 * frames that bring nothing (RFC 9113 §10.5) are counted, and too many of them end the connection, as does a caller who
 * sends requests but reads no answers; an answer that isn't read in time ends its stream. The codec bounds the rest:
 * streams, header lists, resets, CONTINUATION frames. For one connection, on its event loop.
 */
final class Streams extends Http2FrameListenerDecorator {
    /** At once; so many more are earned. */
    private static final int MOST_IDLE_FRAMES = 1000;

    private static final int EARNED_EACH_SECOND = 50;
    private static final int EARNED_BY_REQUEST = 10;

    /** Of an answer: callers grant the window for it in steps. */
    private static final int BYTES_THAT_EARN_ONE = 1024;

    private final ChannelHandlerContext context;
    private final Http2ConnectionHandler handler;
    private final Http2Connection connection;
    private final Consumer<Problem> refused;
    private final Http2Connection.PropertyKey readUntil;
    private long allowed = MOST_IDLE_FRAMES;

    private Streams(
            ChannelHandlerContext context,
            Http2ConnectionHandler handler,
            Http2FrameListener listener,
            Consumer<Problem> refused) {
        super(listener);
        this.context = context;
        this.handler = handler;
        this.connection = handler.connection();
        this.refused = refused;
        this.readUntil = connection.newKey();
    }

    /** Guards a connection from now on, on whose event loop it is called. */
    static Streams guard(ChannelHandlerContext context, Http2ConnectionHandler handler, Consumer<Problem> refused) {
        // whoever is cut off may read nothing any more, not even the reason
        handler.gracefulShutdownTimeoutMillis(0);
        context.pipeline().addBefore(context.name(), "frames", new Frames());
        Streams streams = new Streams(context, handler, handler.decoder().frameListener(), refused);
        handler.decoder().frameListener(streams);
        return streams;
    }

    /** An answer has been given to Vert.x, and is to be read within such a time. */
    void answered(int id, long bytes, Duration patience) {
        allowed += bytes / BYTES_THAT_EARN_ONE;
        Http2Stream stream = connection.stream(id);
        if (stream != null) {
            stream.setProperty(readUntil, System.nanoTime() + patience.toNanos());
        }
    }

    /** To be called once a second. */
    void sweep() {
        if (allowed < MOST_IDLE_FRAMES) {
            allowed += EARNED_EACH_SECOND;
        }
        try {
            long now = System.nanoTime();
            List<Http2Stream> late = new ArrayList<>(0);
            connection.forEachActiveStream(stream -> {
                Long until = stream.getProperty(readUntil);
                if (until != null && now - until > 0) {
                    late.add(stream);
                }
                return true;
            });
            late.forEach(stream -> reset(stream.id(), Http2Error.CANCEL));
            context.flush();
        } catch (Http2Exception e) {
            throw new IllegalStateException("looking at streams failed", e);
        }
    }

    private void reset(int streamId, Http2Error reason) {
        ChannelFuture unused = handler.resetStream(context, streamId, reason.code(), context.newPromise());
    }

    private void count() throws Http2Exception {
        if (--allowed < 0) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many frames that bring nothing");
        }
    }

    /** Returns whether it may go on to Vert.x. */
    private boolean isSound(int streamId, Http2Headers headers) {
        allowed += EARNED_BY_REQUEST;
        // trailers have none, and Vert.x ends the stream of a head that has none
        String fault = headers.method() == null ? StrictHead.fieldFault(headers) : StrictHead.fault(headers);
        if (fault == null) {
            return true;
        }
        refused.accept(Problem.of(ProblemType.MALFORMED_REQUEST, null));
        reset(streamId, Http2Error.PROTOCOL_ERROR);
        return false;
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean last)
            throws Http2Exception {
        if (isSound(streamId, headers)) {
            super.onHeadersRead(ctx, streamId, headers, padding, last);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last)
            throws Http2Exception {
        if (isSound(streamId, headers)) {
            super.onHeadersRead(ctx, streamId, headers, streamDependency, weight, exclusive, padding, last);
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean last)
            throws Http2Exception {
        if (!data.isReadable() && !last) {
            count();
        }
        return super.onDataRead(ctx, streamId, data, padding, last);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
        count();
        super.onSettingsRead(ctx, settings);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        count();
        super.onPingRead(ctx, data);
    }

    @Override
    public void onPriorityRead(
            ChannelHandlerContext ctx, int streamId, int streamDependency, short weight, boolean exclusive)
            throws Http2Exception {
        count();
        super.onPriorityRead(ctx, streamId, streamDependency, weight, exclusive);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int windowSizeIncrement)
            throws Http2Exception {
        count();
        super.onWindowUpdateRead(ctx, streamId, windowSizeIncrement);
    }

    @Override
    public void onUnknownFrame(
            ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload)
            throws Http2Exception {
        count();
        super.onUnknownFrame(ctx, frameType, streamId, flags, payload);
    }

    /** What is written, frame by frame. */
    private static final class Frames extends ChannelDuplexHandler {
        private static final int HEADER_BYTES = 9;

        /** What is written has no bound but this: heads of answers know no window. */
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
            context.fireChannelWritabilityChanged();
        }

        /**
         * Resets go out at once: until then their streams are there, and when a connection ends, Vert.x expects each stream
         * that is still there to be one that it was told of.
         */
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            boolean isReset = message instanceof ByteBuf frame
                    && frame.readableBytes() == HEADER_BYTES + Integer.BYTES
                    && frame.getByte(frame.readerIndex() + 3) == Http2FrameTypes.RST_STREAM;
            ChannelFuture unused = context.write(message, promise);
            if (isReset) {
                context.flush();
            }
        }
    }
}
