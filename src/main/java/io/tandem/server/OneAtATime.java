package io.tandem.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets in one request of a connection at a time: the next one when the answer to the last has gone out. Vert.x alone
 * would take in all that a caller pipelines, and keep the answers for one who reads none of them. For one connection, on
 * its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // whoever writes has the promise
final class OneAtATime extends ChannelDuplexHandler {
    /** Callers who pipeline so many requests want something else than answers. */
    private static final int MOST_WAITING = 64;

    /** What came behind the request in work. */
    private final Deque<Object> waiting = new ArrayDeque<>(0);

    private int requestsWaiting;
    private boolean arriving;
    private boolean unanswered;

    @Override
    public void channelRead(ChannelHandlerContext context, Object part) {
        if (waiting.isEmpty() && mayEnter(part)) {
            enter(context, part);
            return;
        }
        waiting.add(part);
        context.channel().config().setAutoRead(false);
        if (part instanceof HttpRequest && ++requestsWaiting > MOST_WAITING) {
            context.close();
        }
    }

    private boolean mayEnter(Object part) {
        return !(part instanceof HttpRequest) || (!arriving && !unanswered);
    }

    private void enter(ChannelHandlerContext context, Object part) {
        if (part instanceof HttpRequest) {
            arriving = true;
            unanswered = true;
        }
        boolean last = part instanceof LastHttpContent;
        context.fireChannelRead(part);
        if (last) {
            arriving = false;
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object part, ChannelPromise promise) {
        if (!(part instanceof LastHttpContent) || isInterim(part)) {
            context.write(part, promise);
            return;
        }
        ChannelPromise written = promise.unvoid();
        written.addListener(done -> {
            unanswered = false;
            if (!waiting.isEmpty()) {
                // not in the middle of what Vert.x does at the end of an answer
                context.executor().execute(() -> letIn(context));
            }
        });
        context.write(part, written);
    }

    private static boolean isInterim(Object part) {
        return part instanceof HttpResponse response && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    private void letIn(ChannelHandlerContext context) {
        boolean any = false;
        while (!waiting.isEmpty() && mayEnter(waiting.element())) {
            Object part = waiting.remove();
            if (part instanceof HttpRequest) {
                requestsWaiting--;
            }
            enter(context, part);
            any = true;
        }
        if (any) {
            context.fireChannelReadComplete();
        }
        if (waiting.isEmpty()) {
            context.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        context.fireChannelInactive();
    }
}
