package io.tandem.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;

/**
 * Refuses requests that two parties could take apart in two ways, which is how one request is smuggled inside another
 * past a proxy (RFC 9112 §11.2); Netty alone repairs or ignores them. What is refused becomes an invalid request, and
 * nothing that follows on the connection is read as another one. For one connection, on its event loop.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {
    private boolean bodyBroken;

    StrictRequestDecoder(HttpServerOptions options) {
        super(options);
    }

    /** Whether the framing of a body was wrong; its request ends where that was noticed. */
    boolean isBodyBroken() {
        return bodyBroken;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out) throws Exception {
        super.decode(context, buffer, out);
        int last = out.size() - 1;
        if (last >= 0
                && out.get(last) instanceof HttpContent content
                // an invalid head comes as a full request
                && !(content instanceof HttpMessage)
                && content.decoderResult().isFailure()) {
            // Vert.x would close the connection without a word
            bodyBroken = true;
            content.release();
            out.set(last, LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        String version = initialLine[2];
        if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
            throw new IllegalArgumentException("not HTTP/1.1");
        }
        return super.createMessage(initialLine);
    }

    /** Asked when the head is complete, before the end of the body is determined. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        checkHost(message);
        checkTransferEncoding(message);
        if (message.headers().contains("")) {
            throw new IllegalArgumentException("a header without name");
        }
        return super.isContentAlwaysEmpty(message);
    }

    /** RFC 9112 §6.3: such a request ought to be handled as an error. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("Transfer-Encoding and Content-Length");
    }

    /** RFC 9112 §3.2. */
    private static void checkHost(HttpMessage message) {
        List<String> hosts = message.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && message.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
            throw new IllegalArgumentException(hosts.size() + " Host headers");
        }
    }

    /** Chunked alone is understood; where anything else ends is anybody's guess (RFC 9112 §6.1). */
    private static void checkTransferEncoding(HttpMessage message) {
        HttpHeaders headers = message.headers();
        if (!headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return;
        }
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.size() != 1
                || !codings.get(0).trim().equalsIgnoreCase("chunked")
                || !message.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            throw new IllegalArgumentException("Transfer-Encoding");
        }
    }
}
