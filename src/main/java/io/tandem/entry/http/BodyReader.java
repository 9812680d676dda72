package io.tandem.entry.http;

import io.tandem.config.Settings;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.server.Connections;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads request bodies into memory, bounded in size and time. Thread-safe; each body is read on its event loop. */
final class BodyReader {
    private static final long SWEEP_MILLIS = 1000;

    private final Vertx vertx;
    private final int maxBody;
    private final long timeoutNanos;
    private final Connections connections;
    private final Admission admission;
    private final long sweeper;

    /** Looked through once a second: a timer per request would cost more than the rest of the reading. */
    private final Set<Reading> readings = ConcurrentHashMap.newKeySet();

    BodyReader(Vertx vertx, Settings.Http settings, Connections connections, Admission admission) {
        this.vertx = vertx;
        this.maxBody = settings.maxBody();
        this.timeoutNanos = settings.readTimeout().toNanos();
        this.connections = connections;
        this.admission = admission;
        this.sweeper = vertx.setPeriodic(SWEEP_MILLIS, id -> sweep());
    }

    void close() {
        vertx.cancelTimer(sweeper);
    }

    /**
     * @param complete takes the whole body, and has to have it {@linkplain Admission#letGo let go}
     * @param refused takes the reason why there is none, or null when the caller went away
     */
    void read(HttpServerRequest request, Consumer<Buffer> complete, Consumer<@Nullable Problem> refused) {
        String length = request.getHeader("Content-Length");
        if (length != null && exceeds(length)) {
            refused.accept(tooLarge());
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        Reading reading = new Reading(request, complete, refused);
        readings.add(reading);
        request.handler(reading::chunk);
        request.endHandler(v -> reading.end());
        request.exceptionHandler(e -> reading.stop(null));
    }

    private boolean exceeds(String contentLength) {
        // Netty has checked that it is a number
        return contentLength.length() > 18 || Long.parseLong(contentLength) > maxBody;
    }

    private Problem tooLarge() {
        return Problem.of(
                ProblemType.BODY_TOO_LARGE, "At most " + maxBody + " bytes are taken (tandem.http.max-body).");
    }

    private void sweep() {
        long now = System.nanoTime();
        for (Reading reading : readings) {
            if (now - reading.startNanos > timeoutNanos) {
                reading.expire();
            }
        }
    }

    private final class Reading {
        private final HttpServerRequest request;
        private final Consumer<Buffer> complete;
        private final Consumer<@Nullable Problem> refused;
        private final long startNanos = System.nanoTime();
        private final Context context = vertx.getOrCreateContext();

        @Nullable
        private Buffer body;

        private boolean joined;
        private boolean over;

        Reading(HttpServerRequest request, Consumer<Buffer> complete, Consumer<@Nullable Problem> refused) {
            this.request = request;
            this.complete = complete;
            this.refused = refused;
        }

        void chunk(Buffer chunk) {
            if (over) {
                return;
            }
            int length = length();
            if (length + chunk.length() > maxBody) {
                stop(tooLarge());
                return;
            }
            if (length > 0 && admission.isHoldingTooMuch()) {
                stop(Problem.of(ProblemType.SATURATED, "Send the message again later: memory is short."));
                return;
            }
            admission.hold(chunk.length());
            if (body == null) {
                // most bodies come in one piece
                body = chunk;
            } else {
                if (!joined) {
                    body = Buffer.buffer(2 * body.length()).appendBuffer(body);
                    joined = true;
                }
                body.appendBuffer(chunk);
            }
        }

        private int length() {
            return body == null ? 0 : body.length();
        }

        void end() {
            if (connections.isBodyBroken(request.connection())) {
                stop(Problem.of(ProblemType.MALFORMED_REQUEST, "The chunks of the body are malformed."));
            }
            if (!over) {
                over = true;
                readings.remove(this);
                Buffer whole = body;
                complete.accept(whole == null ? Buffer.buffer() : whole);
            }
        }

        void stop(@Nullable Problem problem) {
            if (!over) {
                over = true;
                readings.remove(this);
                admission.letGo(length());
                body = null;
                request.handler(null);
                refused.accept(problem);
            }
        }

        void expire() {
            context.runOnContext(v -> stop(Problem.of(
                    ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time (tandem.http.read-timeout).")));
        }
    }
}
