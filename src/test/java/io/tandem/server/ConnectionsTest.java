package io.tandem.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.tandem.support.RawHttp;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private int listen(Connections.Limits limits) {
        HttpServerOptions options =
                new HttpServerOptions().setHost("127.0.0.1").setPort(0).setHttp2ClearTextEnabled(false);
        Connections connections = new Connections(vertx, options, limits, refused -> {});
        HttpServer server = new GuardedServer(
                vertx,
                options,
                new GuardedServer.Events(
                        channel -> accepted(connections, channel),
                        connections::connected,
                        request -> {
                            connections.requested(request);
                            request.response().end("here");
                        },
                        HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER));
        return server.listen().toCompletionStage().toCompletableFuture().join().actualPort();
    }

    private static boolean accepted(Connections connections, Channel channel) {
        boolean accepted = connections.accepted(channel);
        if (!accepted) {
            connections.makeRoom();
        }
        return accepted || connections.accepted(channel);
    }

    private static int ask(RawHttp connection) throws IOException {
        return connection
                .send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .read()
                .status();
    }

    @Test
    void connectionEndsWhenItsFirstHeadNeverCompletes() throws IOException {
        int port = listen(new Connections.Limits(10, Duration.ofMillis(200), LONG));
        try (RawHttp slow = new RawHttp(port);
                RawHttp silent = new RawHttp(port);
                RawHttp quick = new RawHttp(port)) {
            assertThat(ask(quick)).isEqualTo(200);

            assertThat(slow.send("GET / HTTP/1.1\r\nHost: loc").isClosed()).isTrue();
            assertThat(silent.isClosed()).isTrue();
            assertThat(ask(quick)).isEqualTo(200);
        }
    }

    @Test
    void connectionEndsWhenItsNextHeadNeverCompletes() throws IOException {
        int port = listen(new Connections.Limits(10, LONG, Duration.ofMillis(200)));
        try (RawHttp connection = new RawHttp(port)) {
            assertThat(ask(connection)).isEqualTo(200);

            assertThat(connection.send("GET / HTTP/1.1\r\n").isClosed()).isTrue();
        }
    }

    @Test
    void roomIsMadeByTheConnectionThatHasBeenWithoutRequestForLongest() throws IOException {
        int port = listen(new Connections.Limits(2, LONG, LONG));
        try (RawHttp first = new RawHttp(port);
                RawHttp second = new RawHttp(port)) {
            assertThat(ask(first)).isEqualTo(200);
            assertThat(ask(second)).isEqualTo(200);
            assertThat(ask(first)).isEqualTo(200);
            try (RawHttp third = new RawHttp(port)) {
                assertThat(ask(third)).isEqualTo(200);

                assertThat(second.isClosed()).isTrue();
                assertThat(ask(first)).isEqualTo(200);
                assertThat(ask(third)).isEqualTo(200);
            }
        }
    }
}
