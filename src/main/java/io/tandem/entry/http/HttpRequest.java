package io.tandem.entry.http;

import io.tandem.caller.Caller;
import io.tandem.message.Cancellation;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * The head of the HTTP request behind an exchange. Kept apart from the Camel headers, where a caller's headers and
 * query could steer components.
 *
 * @param query as sent, without the question mark; null when there is none
 * @param headers as sent by the caller: not trusted, read-only by agreement
 * @param caller who has sent it; null when nobody was asked
 * @param readNanos {@link System#nanoTime()} when all of it was here
 * @param cancellation cancelled when the caller goes away
 */
record HttpRequest(
        String method,
        String path,
        @Nullable String query,
        MultiMap headers,
        @Nullable Caller caller,
        long readNanos,
        Cancellation cancellation) {
    /** The exchange property that holds it. */
    static final String PROPERTY = "TandemHttpRequest";
}
