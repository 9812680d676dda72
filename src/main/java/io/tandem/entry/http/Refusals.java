package io.tandem.entry.http;

import com.github.f4b6a3.ulid.Ulid;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Error;
import io.tandem.message.MessageObserver;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.server.Connections;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;

/**
 * Tells callers what is wrong with their requests, and takes care that what was not read of one is never taken for the
 * next. Thread-safe; each request is refused on its event loop.
 */
final class Refusals {
    /** How long a caller that is told off may go on sending before it is cut off. */
    private static final Duration DISCARD = Duration.ofSeconds(2);

    /** How long what still comes is read away: closing at once would reset the connection, and lose the answer. */
    private static final Duration LINGER = Duration.ofMillis(250);

    /** In bytes. */
    private static final int SMALL = 64 * 1024;

    private final Vertx vertx;
    private final Connections connections;
    private final MessageObserver observer;

    Refusals(Vertx vertx, Connections connections, MessageObserver observer) {
        this.vertx = vertx;
        this.connections = connections;
        this.observer = observer;
    }

    /** Has a caller go who comes when there are too many already; nothing is read of what may come on the connection. */
    void turnAway(Channel channel, boolean tls) {
        Response response = record(Problem.of(ProblemType.SATURATED, "There are too many connections."));
        if (tls) {
            // a handshake, only to be able to say so, would cost more than all else
            ChannelFuture unused = channel.close();
            return;
        }
        channel.config().setAutoRead(false);
        channel.pipeline().addLast(new HttpResponseEncoder());
        DefaultFullHttpResponse out = new DefaultFullHttpResponse(
                io.netty.handler.codec.http.HttpVersion.HTTP_1_1,
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                Unpooled.wrappedBuffer(response.body().getBytes()));
        response.headers().forEach(out.headers()::set);
        out.headers()
                .set(HttpHeaderNames.RETRY_AFTER, "1")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.CONTENT_LENGTH, response.body().length());
        ChannelFuture written = channel.writeAndFlush(out);
        vertx.setTimer(LINGER.toMillis(), id -> written.addListener(ChannelFutureListener.CLOSE));
    }

    /** Tells a caller, before an answer, that nothing more is taken on its connection (RFC 9112 §9.6, RFC 9113 §6.8). */
    static void announceEnd(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            Connections.announceEnd(request.connection());
        } else {
            request.response().putHeader("Connection", "close");
        }
    }

    /** Refuses a request whose head is sound. */
    void refuse(HttpServerRequest request, Problem problem) {
        Response response = record(problem);
        HttpServerResponse out = request.response();
        if (out.closed() || out.ended()) {
            return;
        }
        answer(request, !request.isEnded() && isRestSmall(request), () -> write(request, response));
    }

    /** Has a request answered that needs no body; who has begun one all the same, and not sent it, is cut off soon. */
    void answerWithoutBody(HttpServerRequest request, Runnable answer) {
        answer(request, false, answer);
    }

    /**
     * Answers a request that may not have arrived as a whole, and sees to its rest.
     *
     * @param restIsSmall whether there is a rest, and it is worth waiting for
     */
    private void answer(HttpServerRequest request, boolean restIsSmall, Runnable answer) {
        HttpServerResponse out = request.response();
        boolean unread = !request.isEnded();
        if (request.version() == HttpVersion.HTTP_2) {
            answer.run();
            if (unread) {
                boolean isShort = restIsSmall && request.headers().contains("Content-Length");
                endStream(request, isShort ? DISCARD : LINGER);
            }
            return;
        }
        boolean outOfStep = connections.isBodyBroken(request.connection());
        boolean close = outOfStep || (unread && !restIsSmall) || out.headers().contains("Connection");
        if (close) {
            // the rest of the body would have to be read before the next request: rather close
            out.putHeader("Connection", "close");
        }
        answer.run();
        if (restIsSmall && !close) {
            connections.awaitRest(request, DISCARD);
        } else if (unread) {
            discardThenClose(request);
        } else if (outOfStep) {
            vertx.setTimer(LINGER.toMillis(), id -> request.connection().close());
        }
    }

    private static void write(HttpServerRequest request, Response response) {
        HttpServerResponse out = request.response();
        response.writeHeadTo(out);
        if (request.method().equals(HttpMethod.HEAD)) {
            out.end();
        } else {
            out.end(response.body());
        }
    }

    /** Other requests of the connection go on; what still comes of this one is not kept (RFC 9113 §8.1). */
    private void endStream(HttpServerRequest request, Duration patience) {
        long timer =
                vertx.setTimer(patience.toMillis(), id -> request.response().reset(Http2Error.NO_ERROR.code()));
        request.endHandler(v -> vertx.cancelTimer(timer));
        request.exceptionHandler(e -> vertx.cancelTimer(timer));
    }

    /**
     * Whether what was not read of a request is read away for less than a new connection would cost. Who waits for 100
     * (RFC 9110 §10.1.1) may send the body after the refusal, or the next request.
     */
    private static boolean isRestSmall(HttpServerRequest request) {
        MultiMap headers = request.headers();
        if (headers.contains("Expect") || headers.contains("Transfer-Encoding")) {
            return false;
        }
        // Netty has checked that it is a number
        String length = headers.get("Content-Length");
        return length == null || (length.length() <= 5 && Integer.parseInt(length) <= SMALL);
    }

    /** Refuses what is no HTTP request. Nothing more is read on its connection, which is closed. */
    void refuseInvalid(HttpServerRequest request) {
        boolean tooLong = request.decoderResult().cause() instanceof TooLongFrameException;
        Response response =
                record(Problem.of(tooLong ? ProblemType.HEADERS_TOO_LARGE : ProblemType.MALFORMED_REQUEST, null));
        HttpServerResponse out = request.response();
        if (out.closed()) {
            return;
        }
        response.writeHeadTo(out);
        out.putHeader("Connection", "close");
        out.putHeader("Content-Length", Integer.toString(response.body().length()));
        out.write(response.body());
        // with the end, Vert.x closes the connection
        vertx.setTimer(LINGER.toMillis(), id -> {
            if (!out.closed()) {
                out.end();
            }
        });
    }

    private Response record(Problem problem) {
        String reference = Ulid.fast().toString();
        observer.refused("http", reference, problem);
        return Response.problem(problem, reference);
    }

    private void discardThenClose(HttpServerRequest request) {
        long timer =
                vertx.setTimer(DISCARD.toMillis(), id -> request.connection().close());
        request.handler(chunk -> {});
        Runnable close = () -> {
            vertx.cancelTimer(timer);
            request.connection().close();
        };
        request.endHandler(v -> close.run());
        // what still comes is no body
        request.exceptionHandler(e -> close.run());
        request.resume();
    }
}
