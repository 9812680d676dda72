package io.tandem.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A caller who reads no answers gets no more of them made. */
class OneAtATimeTest {
    private final List<ChannelPromise> unread = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new ChannelOutboundHandlerAdapter() {
                @Override
                public void write(ChannelHandlerContext context, Object part, ChannelPromise promise) {
                    unread.add(promise);
                }
            },
            new OneAtATime());

    private void request(String path) {
        channel.writeInbound(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path), LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private void answer(HttpResponseStatus status) {
        channel.write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status));
    }

    private List<String> taken() {
        List<String> paths = new ArrayList<>();
        for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
            if (part instanceof HttpRequest request) {
                paths.add(request.uri());
            }
        }
        return paths;
    }

    private void read() {
        unread.remove(0).setSuccess();
        channel.runPendingTasks();
    }

    @Test
    void nextRequestWaitsUntilTheAnswerIsRead() {
        request("/1");
        request("/2");
        request("/3");
        assertThat(taken()).containsExactly("/1");
        assertThat(channel.config().isAutoRead()).isFalse();

        answer(HttpResponseStatus.CONTINUE);
        read();
        assertThat(taken()).isEmpty();

        answer(HttpResponseStatus.OK);
        assertThat(taken()).isEmpty();
        read();
        assertThat(taken()).containsExactly("/2");
        assertThat(channel.config().isAutoRead()).isFalse();

        answer(HttpResponseStatus.OK);
        read();
        assertThat(taken()).containsExactly("/3");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void requestIsTakenAtOnceWhenNoneIsInWork() {
        request("/1");
        answer(HttpResponseStatus.OK);
        read();
        request("/2");

        assertThat(taken()).containsExactly("/1", "/2");
    }
}
