package io.tandem.target;

import io.tandem.egress.DeniedAddressException;
import io.tandem.egress.HandshakeTimeoutException;
import io.tandem.egress.ProxyRefusedException;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import io.tandem.tls.KeyFileException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/**
 * Turns whatever came of an attempt (a reply, half a reply, an exception) into an outcome. What an exception says is
 * never passed on: it names hosts and ports.
 */
final class ReplyReader {
    /** In bytes; most replies are smaller. */
    private static final int BUFFER = 1024;

    private final int maxReply;
    private final ReplyMemory memory;

    /** @param maxReply bytes of one reply */
    ReplyReader(int maxReply, ReplyMemory memory) {
        this.maxReply = maxReply;
        this.memory = memory;
    }

    /** What came of one attempt. */
    record Result(
            Outcome outcome,
            int status,
            @Nullable ReplyBody body,
            @Nullable Problem problem,
            @Nullable Duration retryAfter,
            @Nullable String challenge) {

        static Result problem(Outcome outcome, ProblemType type, @Nullable String detail) {
            return new Result(outcome, 0, null, Problem.of(type, detail), null, null);
        }
    }

    Result read(Exchange exchange, Attempt attempt) {
        Exception exception = exchange.getException();
        if (attempt.isTimedOut()) {
            return timedOut(attempt);
        }
        return exception == null ? readReply(exchange.getMessage(), attempt) : classify(exception, attempt);
    }

    private Result readReply(Message reply, Attempt attempt) {
        Integer code = reply.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        int status = code == null ? 0 : code;
        Duration retryAfter = RetryAfter.parse(reply.getHeader("Retry-After", String.class));
        Object authenticate = reply.getHeader("WWW-Authenticate");
        String challenge = authenticate == null ? null : authenticate.toString();
        byte[] bytes;
        try {
            requireDecoded(reply.getHeader(Exchange.CONTENT_ENCODING, String.class), attempt);
            bytes = readBody(reply.getBody(), attempt);
        } catch (IOException e) {
            // the socket's own time-out, which counts from the last byte, may be the first to strike
            if (attempt.isTimedOut() || e instanceof SocketTimeoutException) {
                return timedOut(attempt);
            }
            return new Result(Outcome.FAILED, status, null, unreadable(e), retryAfter, challenge);
        }
        ReplyBody body =
                bytes.length == 0 ? null : ReplyBody.of(bytes, reply.getHeader(Exchange.CONTENT_TYPE, String.class));
        Outcome outcome = outcome(status);
        Problem problem =
                switch (outcome) {
                    case DELIVERED -> null;
                    case REJECTED -> Problem.of(ProblemType.TARGET_REJECTED, "The target answered " + status + ".");
                    default ->
                        Problem.of(
                                status >= 300 && status < 400
                                        ? ProblemType.TARGET_REDIRECTED
                                        : ProblemType.TARGET_FAILED,
                                "The target answered " + status + ".");
                };
        return new Result(outcome, status, body, problem, retryAfter, challenge);
    }

    private Problem unreadable(IOException e) {
        if (e instanceof TooLargeException) {
            return Problem.of(ProblemType.TARGET_REPLY_TOO_LARGE, "The reply is larger than " + maxReply + " bytes.");
        }
        if (e instanceof ReplyMemory.ShortException) {
            return Problem.of(
                    ProblemType.TARGET_REPLY_TOO_LARGE,
                    "Replies that are being read take a quarter of the memory already; this one was read no further.");
        }
        return Problem.of(ProblemType.TARGET_REPLY_BROKEN, null);
    }

    /** HttpClient takes the header away together with the coding, and hands on what it doesn't know. */
    private static void requireDecoded(@Nullable String contentEncoding, Attempt attempt) throws IOException {
        if (contentEncoding != null && !contentEncoding.equalsIgnoreCase("identity")) {
            attempt.abort();
            throw new IOException("a content coding that was not asked for");
        }
    }

    private static Outcome outcome(int status) {
        // 0: the route calls something else than HTTP, which went well
        if (status == 0 || (status >= 200 && status < 300)) {
            return Outcome.DELIVERED;
        }
        // request timeout, too early, too many requests: not a no, but a not now
        boolean notNow = status == 408 || status == 425 || status == 429;
        return status >= 400 && status < 500 && !notNow ? Outcome.REJECTED : Outcome.FAILED;
    }

    private static Result timedOut(Attempt attempt) {
        return attempt.isConnected()
                ? Result.problem(Outcome.TIMED_OUT, ProblemType.TARGET_TIMED_OUT, null)
                : unreachable("No connection in time.");
    }

    private static Result classify(Exception exception, Attempt attempt) {
        for (Throwable e = exception; e != null; e = e.getCause()) {
            if (e instanceof ForeignAuthorityException) {
                break;
            }
            if (e instanceof ProxyRefusedException) {
                return unreachable("The proxy did not let the connection through.");
            }
            if (e instanceof IOException || e instanceof HttpException) {
                return attempt.isConnected() ? afterSending(e) : beforeSending(e);
            }
        }
        return Result.problem(Outcome.FAILED, ProblemType.TARGET_ROUTE_FAILED, "See the log for the reason.");
    }

    private static Result afterSending(Throwable e) {
        return e instanceof SocketTimeoutException
                ? Result.problem(Outcome.TIMED_OUT, ProblemType.TARGET_TIMED_OUT, null)
                : Result.problem(Outcome.FAILED, ProblemType.TARGET_REPLY_BROKEN, null);
    }

    private static Result beforeSending(Throwable e) {
        if (e instanceof ConnectionRequestTimeoutException) {
            return Result.problem(Outcome.UNREACHABLE, ProblemType.TARGET_BUSY, null);
        }
        if (e instanceof DeniedAddressException) {
            return Result.problem(Outcome.UNREACHABLE, ProblemType.TARGET_ADDRESS_DENIED, null);
        }
        if (e instanceof KeyFileException) {
            return unreachable("No secure connection could be made: a certificate or key file can't be used.");
        }
        if (e instanceof UnknownHostException) {
            return unreachable("Its host name could not be resolved.");
        }
        if (e instanceof HandshakeTimeoutException) {
            return unreachable("No connection in time.");
        }
        if (e instanceof SSLException) {
            return unreachable("No secure connection could be made: check certificates and TLS versions.");
        }
        if (e instanceof SocketTimeoutException || e instanceof ConnectTimeoutException) {
            return unreachable("No connection in time.");
        }
        return unreachable("The connection was refused.");
    }

    private static Result unreachable(String detail) {
        return Result.problem(Outcome.UNREACHABLE, ProblemType.TARGET_UNREACHABLE, detail);
    }

    /**
     * The whole of a reply's body.
     *
     * @param attempt whose connection is closed when the body is too large; null: none
     * @throws IOException when it breaks off or is too large
     */
    byte[] readBody(@Nullable Object body, @Nullable Attempt attempt) throws IOException {
        if (body == null) {
            return new byte[0];
        }
        if (body instanceof ReadReply.Unreadable unreadable) {
            throw unreadable.reason();
        }
        if (body instanceof byte[] bytes) {
            return limited(bytes);
        }
        if (body instanceof String text) {
            return limited(text.getBytes(StandardCharsets.UTF_8));
        }
        if (body instanceof InputStream stream) {
            return read(stream, attempt);
        }
        throw new IOException("a reply body of type " + body.getClass().getName());
    }

    private byte[] limited(byte[] bytes) throws TooLargeException {
        if (bytes.length > maxReply) {
            throw new TooLargeException();
        }
        return bytes;
    }

    private byte[] read(InputStream stream, @Nullable Attempt attempt) throws IOException {
        // one byte more than may come, to see that it does
        byte[] buffer = new byte[(int) Math.min(BUFFER, maxReply + 1L)];
        int size = 0;
        int n;
        try (ReplyMemory.Part part = memory.part()) {
            while ((n = stream.read(buffer, size, buffer.length - size)) >= 0) {
                size += n;
                if (size > maxReply) {
                    throw new TooLargeException();
                }
                if (size == buffer.length) {
                    int longer = (int) Math.min(2L * size, maxReply + 1L);
                    if (longer > ReplyMemory.FREE) {
                        part.grow(longer - size);
                    }
                    buffer = Arrays.copyOf(buffer, longer);
                }
            }
        } catch (TooLargeException | ReplyMemory.ShortException e) {
            // closing would first read on to the end, which may never come
            if (attempt != null) {
                attempt.abort();
            }
            throw e;
        }
        stream.close();
        return Arrays.copyOf(buffer, size);
    }

    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
