package io.tandem.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tandem.config.Settings;
import io.tandem.support.RawHttp;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Neighbours of the management port who mean no good: probes go on being answered. */
class ManagementServerTest {
    private static final String LIVE = "GET /observe/health/live HTTP/1.1\r\nHost: localhost\r\n";

    private static final Health HEALTH = new Health();
    private static final Vertx VERTX = Vertx.vertx();
    private static final ExecutorService EXECUTOR = Executors.newFixedThreadPool(2);
    private static final ManagementServer SERVER = new ManagementServer(
            VERTX,
            new Settings.Management("127.0.0.1", 0, null, false),
            new ManagementServer.Views(
                    HEALTH, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), new LogLevels(Set::of)),
            EXECUTOR);

    private static int port;

    @BeforeAll
    static void listen() {
        port = SERVER.listen().toCompletableFuture().join();
    }

    @AfterAll
    static void stop() {
        SERVER.close();
        EXECUTOR.shutdownNow();
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void probeIsAnsweredWhenOthersKeepConnectionsOpen() throws IOException {
        List<RawHttp> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                idle.add(new RawHttp(port).send("GET /observe"));
            }
            try (RawHttp probe = new RawHttp(port)) {
                assertThat(probe.send(LIVE + "\r\n").read().status()).isEqualTo(200);
            }
            assertThat(idle.get(0).isClosed()).isTrue();
            assertThat(idle.get(200).isClosed()).isTrue();
        } finally {
            for (RawHttp connection : idle) {
                connection.close();
            }
        }
    }

    @Test
    void requestIsRefusedWhenItCouldBeReadInTwoWays() throws IOException {
        for (String head : List.of("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Host: other\r\n")) {
            try (RawHttp connection = new RawHttp(port)) {
                assertThat(connection.send(LIVE + head + "\r\n0\r\n\r\n").read().status())
                        .isEqualTo(400);
                assertThat(connection.isClosed()).isTrue();
            }
        }
    }

    @Test
    void failureIsToldWhenWhatIsAskedForCannotBeMade() throws IOException {
        HEALTH.addReadiness(() -> {
            throw new IllegalStateException("broken by the test");
        });
        try (RawHttp connection = new RawHttp(port)) {
            RawHttp.Reply reply = connection
                    .send("GET /observe/health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .read();

            assertThat(reply.status()).isEqualTo(500);
            assertThat(reply.body())
                    .contains("urn:tandem:problem:internal-error")
                    .doesNotContain("broken");
            assertThat(connection.send(LIVE + "\r\n").read().status()).isEqualTo(200);
        }
    }

    /** What is made for those who read nothing would be kept in memory. */
    @Test
    void connectionEndsWhenTooManyRequestsArePipelined() throws IOException {
        try (RawHttp connection = new RawHttp(port)) {
            connection.send((LIVE + "\r\n").repeat(10_000));

            int answers = 0;
            while (connection.read().status() == 200) {
                answers++;
            }
            assertThat(answers).isLessThan(10_000);
        }
    }

    @Test
    void allAreAnsweredWhenSomeRequestsArePipelined() throws IOException {
        try (RawHttp connection = new RawHttp(port)) {
            connection.send((LIVE + "\r\n").repeat(60));

            for (int i = 0; i < 60; i++) {
                assertThat(connection.read().status()).isEqualTo(200);
            }
        }
    }
}
