package io.tandem.entry.http;

import io.tandem.message.CallerToken;
import io.tandem.message.Cancellation;
import io.tandem.message.Json;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import io.tandem.message.Span;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Makes a message of an HTTP request: checks it, gives it an id and a deadline. In routes:
 * {@code process: acceptMessage}. Thread-safe.
 */
public final class AcceptMessage implements Processor {
    private final Set<String> forwardHeaders;
    private final Duration deadline;
    private final MessageObserver observer;
    private final boolean keepsCallerToken;

    /**
     * @param forwardHeaders names of the caller's headers that targets receive
     * @param deadline time budget of a message, which callers may shorten
     * @param keepsCallerToken whether a target is called with tokens that the caller's is exchanged for
     */
    public AcceptMessage(
            Set<String> forwardHeaders, Duration deadline, MessageObserver observer, boolean keepsCallerToken) {
        this.forwardHeaders = Set.copyOf(forwardHeaders);
        this.deadline = deadline;
        this.observer = observer;
        this.keepsCallerToken = keepsCallerToken;
    }

    @Override
    public void process(Exchange exchange) {
        org.apache.camel.Message in = exchange.getMessage();
        byte[] body = in.getBody(byte[].class);
        String contentType = in.getHeader(Exchange.CONTENT_TYPE, String.class);
        if (body == null || body.length == 0) {
            throw new ProblemException(Problem.of(ProblemType.MALFORMED_REQUEST, "The body is empty."));
        }
        if (ReplyBody.isJson(ReplyBody.mediaType(contentType))) {
            requireJson(body);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : forwardHeaders) {
            String value = in.getHeader(name, String.class);
            if (value != null) {
                headers.put(name, value);
            }
        }
        HttpRequest request = exchange.getProperty(HttpRequest.PROPERTY, HttpRequest.class);
        Cancellation cancellation = request == null ? new Cancellation() : request.cancellation();
        Duration budget = request == null
                ? deadline
                : RequestedDeadline.of(request.headers().getAll(RequestedDeadline.HEADER), deadline);
        long readNanos = request == null ? System.nanoTime() : request.readNanos();
        Span span = observer.begin("http", request == null ? null : traceparent(request), readNanos);
        Message message = Message.create("http", Map.copyOf(headers), span, budget, cancellation, readNanos);
        if (keepsCallerToken && request != null) {
            message = message.withCallerToken(CallerToken.of(request.headers().getAll("Authorization")));
        }
        exchange.setProperty(Message.PROPERTY, message);
        observer.accepted(message);
    }

    /** @throws ProblemException when the body is not JSON */
    static void requireJson(byte[] body) {
        String fault = Json.fault(body);
        if (fault != null) {
            throw new ProblemException(Problem.of(ProblemType.MALFORMED_JSON, "The body is not JSON: " + fault + "."));
        }
    }

    /** Two are as good as none (W3C Trace Context §3.2). */
    private static @Nullable String traceparent(HttpRequest request) {
        List<String> sent = request.headers().getAll("traceparent");
        return sent.size() == 1 ? sent.get(0) : null;
    }
}
