package io.tandem.target;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;
import org.apache.camel.http.base.HttpProtocolHeaderFilterStrategy;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultMessage;
import org.apache.hc.core5.http.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * Sends the body and gets the reply, with the headers that camel-http would send and give back. A message that comes on an
 * event loop goes on there, unless its reply is large; any other goes on where it may block. Thread-safe.
 */
final class NonBlockingProducer extends DefaultAsyncProducer {
    /** Headers of a message that camel-http does not send. */
    private static final Set<String> NOT_SENT = ignoringCase(new HttpHeaderFilterStrategy().getOutFilter());

    /** Headers of a request that camel-http does not leave with the reply. */
    private static final Set<String> NOT_KEPT = ignoringCase(new HttpProtocolHeaderFilterStrategy().getInFilter());

    /** RFC 9113 §7; HTTP/1.1 closes the connection. */
    private static final long CANCEL = 8;

    /** Bytes of a reply that is not worth another thread. */
    private static final int MAX_ON_EVENT_LOOP = 32 * 1024;

    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    private final NonBlockingClient client;
    private final HttpMethod method;
    private final String path;
    private final boolean foreign;

    NonBlockingProducer(NonBlockingEndpoint endpoint) {
        super(endpoint);
        URI url = endpoint.url();
        this.client = endpoint.client();
        this.method = HttpMethod.valueOf(endpoint.method());
        this.path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        this.foreign = !client.target().equals(Connections.authority(url));
    }

    private static Set<String> ignoringCase(Set<String> names) {
        Set<String> sorted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        sorted.addAll(names);
        return sorted;
    }

    /** Whether a header steers Camel, and is nobody else's. */
    private static boolean isCamels(String name) {
        return name.regionMatches(true, 0, "camel", 0, 5);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Call call = new Call(exchange, callback);
        try {
            call.start();
        } catch (IOException | RuntimeException e) {
            call.fail(e);
        }
        return false;
    }

    /** One request and its reply. */
    private final class Call {
        private final Exchange exchange;
        private final AsyncCallback callback;
        private final boolean onLoop = Context.isOnEventLoopThread();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final @Nullable Attempt attempt;
        private volatile NonBlockingClient.@Nullable Place place;
        private volatile @Nullable HttpClientRequest request;
        private final ReplyMemory.Part memory = client.memory().part();
        private boolean small = true;

        Call(Exchange exchange, AsyncCallback callback) {
            this.exchange = exchange;
            this.callback = callback;
            Object id = exchange.getMessage().getHeader(OutboundRequest.MESSAGE_ID);
            this.attempt = id == null ? null : client.attempts().of(id.toString());
        }

        void start() throws IOException {
            if (foreign) {
                throw new ForeignAuthorityException();
            }
            Message message = exchange.getMessage();
            Buffer body = WITH_BODY.contains(method.name()) ? body(message) : null;
            RequestOptions options = new RequestOptions().setMethod(method).setURI(uri(message));
            List<String> headers = headers(message, body != null);
            if (attempt != null) {
                attempt.executing(this::abort);
            }
            client.enter((granted, none) -> {
                if (granted == null) {
                    fail(none == null ? new IOException() : none);
                    return;
                }
                place = granted;
                // whoever cancels may come at the moment at which the place is granted
                if (ended.get()) {
                    release();
                } else {
                    granted.connect(options, (connected, failure) -> send(connected, failure, headers, body));
                }
            });
        }

        private @Nullable Buffer body(Message message) throws IOException {
            Object body = message.getBody();
            if (body instanceof byte[] bytes) {
                return Buffer.buffer(bytes);
            }
            if (body == null) {
                return Buffer.buffer();
            }
            if (body instanceof String text) {
                return Buffer.buffer(text.getBytes(charset(message)));
            }
            byte[] bytes = message.getBody(byte[].class);
            if (bytes == null) {
                throw new IllegalArgumentException(
                        "a body of type " + body.getClass().getName());
            }
            return Buffer.buffer(bytes);
        }

        private Charset charset(Message message) {
            String contentType = message.getHeader(Exchange.CONTENT_TYPE, String.class);
            Charset named =
                    contentType == null ? null : ContentType.parse(contentType).getCharset();
            return named == null ? StandardCharsets.UTF_8 : named;
        }

        private String uri(Message message) {
            String query = message.getHeader(Exchange.HTTP_RAW_QUERY, String.class);
            return query == null ? path : path + "?" + query;
        }

        /** Names, each with its value behind it: where they belong is known only once there is a connection. */
        private List<String> headers(Message message, boolean withBody) {
            List<String> headers = new ArrayList<>(32);
            headers.add("Accept-Encoding");
            headers.add("gzip");
            message.getHeaders().forEach((name, value) -> {
                if (value != null && !isCamels(name) && !NOT_SENT.contains(name)) {
                    headers.add(name);
                    headers.add(value.toString());
                }
            });
            String contentType = message.getHeader(Exchange.CONTENT_TYPE, String.class);
            if (attempt != null) {
                contentType = attempt.headers().contentType(contentType);
                attempt.headers().dropped().forEach((name, value) -> {
                    headers.add(name);
                    headers.add(value);
                });
            }
            if (withBody && contentType != null) {
                headers.add("Content-Type");
                headers.add(contentType);
            }
            return headers;
        }

        private void send(
                @Nullable HttpClientRequest connected,
                @Nullable IOException failure,
                List<String> headers,
                @Nullable Buffer body) {
            if (connected == null) {
                fail(failure == null ? new IOException() : failure);
                return;
            }
            // first of all: what nobody is told of, Vert.x logs as an error
            connected.exceptionHandler(this::broke);
            request = connected;
            if (ended.get()) {
                connected.reset(CANCEL);
                return;
            }
            for (int i = 0; i < headers.size(); i += 2) {
                connected.putHeader(headers.get(i), headers.get(i + 1));
            }
            if (attempt != null) {
                attempt.connected();
            }
            (body == null ? connected.send() : connected.send(body)).onComplete(answered -> {
                if (answered.succeeded()) {
                    read(answered.result());
                } else {
                    broke(answered.cause());
                }
            });
        }

        private void read(HttpClientResponse response) {
            response.exceptionHandler(failure -> unreadable(response, new IOException("the reply broke off")));
            if (response.statusCode() < 200) {
                broke(new IOException("a status that is none"));
                reset();
                return;
            }
            int limit = client.maxReply();
            Buffer received = Buffer.buffer();
            response.handler(part -> {
                try {
                    if (received.length() + part.length() > limit) {
                        throw new ReplyReader.TooLargeException();
                    }
                    if (received.length() + part.length() > ReplyMemory.FREE) {
                        memory.grow(part.length());
                    }
                    received.appendBuffer(part);
                } catch (ReplyReader.TooLargeException | ReplyMemory.ShortException e) {
                    unreadable(response, e);
                    reset();
                }
            });
            response.endHandler(end -> {
                // whose connection may be another's from now on
                request = null;
                reply(response, received.getBytes());
            });
        }

        private void reply(HttpClientResponse response, byte[] body) {
            String coding = response.getHeader(HttpHeaderNames.CONTENT_ENCODING);
            boolean gzip = coding != null && (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip"));
            Object read = body;
            if (gzip && body.length > 0) {
                try {
                    // whoever reads it, reads no further than max-reply
                    read = new GZIPInputStream(new ByteArrayInputStream(body));
                } catch (IOException e) {
                    read = new ReadReply.Unreadable(e);
                }
            }
            answer(response, read, gzip);
        }

        private void unreadable(HttpClientResponse response, IOException reason) {
            answer(response, new ReadReply.Unreadable(reason), true);
        }

        private void answer(HttpClientResponse response, Object body, boolean decoded) {
            // whoever merges a large one would keep all others of the event loop waiting
            small = body instanceof byte[] bytes && bytes.length <= MAX_ON_EVENT_LOOP;
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            Message answer = new DefaultMessage(exchange.getContext());
            answer.setBody(body);
            answer.setHeader(Exchange.HTTP_RESPONSE_CODE, response.statusCode());
            for (Map.Entry<String, String> header : response.headers()) {
                boolean coding = decoded && header.getKey().equalsIgnoreCase(Exchange.CONTENT_ENCODING);
                if (!coding && !isCamels(header.getKey())) {
                    answer.setHeader(header.getKey(), header.getValue());
                }
            }
            exchange.getMessage().getHeaders().forEach((name, value) -> {
                if (!isCamels(name) && !NOT_KEPT.contains(name)) {
                    answer.getHeaders().putIfAbsent(name, value);
                }
            });
            exchange.setMessage(answer);
            goOn();
        }

        private void broke(Throwable failure) {
            fail(new IOException("the connection broke", failure));
        }

        void fail(Exception failure) {
            if (ended.compareAndSet(false, true)) {
                exchange.setException(failure);
                goOn();
            }
        }

        /** Nobody waits for the reply any more. */
        private void abort() {
            fail(new InterruptedIOException("cancelled"));
            reset();
        }

        private void reset() {
            HttpClientRequest sent = request;
            if (sent != null) {
                sent.reset(CANCEL);
            }
        }

        private void goOn() {
            memory.close();
            release();
            if (onLoop && small && Context.isOnEventLoopThread()) {
                callback.done(false);
            } else {
                client.executor().execute(() -> callback.done(false));
            }
        }

        private void release() {
            NonBlockingClient.Place held = place;
            if (held != null) {
                held.leave();
            }
        }
    }
}
