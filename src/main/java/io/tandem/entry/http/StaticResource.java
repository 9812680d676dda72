package io.tandem.entry.http;

import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Something that is always there at a path, whatever the routes are: a page, an image, the contract. Immutable.
 *
 * @param body read at each request
 * @param headers besides Content-Type
 */
public record StaticResource(String contentType, Map<String, String> headers, Supplier<byte[]> body) {

    void answer(HttpServerRequest request, BiConsumer<HttpServerRequest, Problem> refuse) {
        boolean head = request.method().equals(HttpMethod.HEAD);
        if (!head && !request.method().equals(HttpMethod.GET)) {
            request.response().putHeader("Allow", "GET, HEAD");
            refuse.accept(request, Problem.of(ProblemType.METHOD_NOT_ALLOWED, "Allowed here: GET, HEAD."));
            return;
        }
        Buffer content = Buffer.buffer(body.get());
        request.response().putHeader("Content-Type", contentType).putHeader("X-Content-Type-Options", "nosniff");
        headers.forEach(request.response()::putHeader);
        if (head) {
            request.response()
                    .putHeader("Content-Length", Integer.toString(content.length()))
                    .end();
        } else {
            request.response().end(content);
        }
    }
}
