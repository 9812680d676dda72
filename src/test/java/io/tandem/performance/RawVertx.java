package io.tandem.performance;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;

/**
 * The peer: one message to two APIs, by hand on one event loop, with nothing else: no token but a fixed one, no ids, no
 * limits, no deadline, no outcomes, no metrics, no log. Arguments: its port, the URLs of both APIs.
 */
final class RawVertx {
    private static final int CONNECTIONS = 1024;
    private static final String AUTHORIZATION = "Bearer 0123456789abcdef0123456789abcdef";

    private final HttpClient client;
    private final RequestOptions one;
    private final RequestOptions two;

    private RawVertx(Vertx vertx, String one, String two) {
        client = vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        this.one = options(one);
        this.two = options(two);
    }

    private static RequestOptions options(String url) {
        URI uri = URI.create(url);
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(uri.getHost())
                .setPort(uri.getPort())
                .setURI(uri.getPath());
    }

    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        vertx.getOrCreateContext().runOnContext(now -> {
            RawVertx peer = new RawVertx(vertx, args[1], args[2]);
            vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(CONNECTIONS))
                    .requestHandler(peer::handle)
                    .listen(Integer.parseInt(args[0]), "127.0.0.1")
                    .onFailure(e -> vertx.close());
        });
    }

    private void handle(HttpServerRequest request) {
        request.body()
                .compose(body -> Future.all(send(one, body), send(two, body)))
                .onSuccess(both -> request.response()
                        .putHeader("Content-Type", "application/json")
                        .end(merged(both.resultAt(0), both.resultAt(1))))
                .onFailure(e -> request.response().setStatusCode(502).end());
    }

    private Future<Buffer> send(RequestOptions target, Buffer body) {
        return client.request(target)
                .compose(request -> request.putHeader("Authorization", AUTHORIZATION)
                        .putHeader("Content-Type", "application/json")
                        .send(body))
                .compose(response -> response.body());
    }

    private static Buffer merged(Buffer one, Buffer two) {
        return Buffer.buffer("{\"one\":")
                .appendBuffer(one)
                .appendString(",\"two\":")
                .appendBuffer(two)
                .appendString("}");
    }
}
