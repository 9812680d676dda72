package io.tandem.entry.http;

import io.tandem.message.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.Map;

/** What goes back to a caller. */
record Response(int status, Map<String, String> headers, Buffer body) {

    static Response of(int status, Map<String, String> headers, byte[] body) {
        return new Response(status, headers, Buffer.buffer(body));
    }

    /** @param reference names the occurrence, in the log too */
    static Response problem(Problem problem, String reference) {
        return of(
                problem.status(),
                Map.of("Content-Type", Problem.MEDIA_TYPE, "Tandem-Message-Id", reference),
                problem.toJson("urn:ulid:" + reference));
    }

    Response withHeader(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new Response(status, more, body);
    }

    /** Writes all but the body. */
    void writeHeadTo(HttpServerResponse out) {
        out.setStatusCode(status);
        headers.forEach(out::putHeader);
    }
}
