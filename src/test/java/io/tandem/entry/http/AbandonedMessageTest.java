package io.tandem.entry.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.tandem.support.RawHttp;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers who go away before they are answered: nobody works for them any more, unless they left it to Tandem. */
class AbandonedMessageTest {
    private final StubTargets targets = new StubTargets();
    private ServerSocket silent;
    private RunningTandem tandem;

    @BeforeEach
    void start() throws IOException {
        silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        silent.setSoTimeout(10_000);
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("target.api-one.url", "http://127.0.0.1:" + silent.getLocalPort() + "/api-one");
        settings.put("target.api-one.timeout", "30s");
        settings.put("target.api-two.retry.attempts", "3");
        settings.put("tandem.deadline", "40s");
        tandem = RunningTandem.start(settings);
    }

    @AfterEach
    void stop() throws IOException {
        silent.close();
        tandem.close();
        targets.close();
    }

    @Test
    void attemptIsBrokenOffAndNoneFollowsWhenCallerGoesAway() throws IOException {
        targets.answers("api-two", WireMock.aResponse().withStatus(503).withHeader("Retry-After", "1"));
        try (RawHttp caller = new RawHttp(tandem.port())) {
            caller.send(BadInput.GOOD);
            try (Socket attempt = silent.accept()) {
                await().atMost(10, SECONDS)
                        .until(() -> targets.received("api-two").size() == 1);
                caller.reset();

                assertThat(isEnded(attempt)).isTrue();
            }
        }
        await().atMost(10, SECONDS).untilAsserted(() -> assertThat(
                        tandem.get(tandem.managementUri("/observe/metrics")).body())
                .contains("tandem_messages_in_flight 0.0"));
        assertThat(targets.received("api-two")).hasSize(1);
    }

    @Test
    void messageGoesOnWhenItsCallerLeftItInTheJournal() throws IOException {
        targets.answers("api-two", WireMock.aResponse().withStatus(503).withHeader("Retry-After", "1"));
        try (RawHttp caller = new RawHttp(tandem.port())) {
            caller.send(BadInput.post("Idempotency-Key: \"one\"\r\nContent-Length: 11\r\n", BadInput.GOOD_BODY));
            try (Socket attempt = silent.accept()) {
                await().atMost(10, SECONDS)
                        .until(() -> targets.received("api-two").size() == 1);
                caller.reset();

                await().atMost(10, SECONDS)
                        .until(() -> targets.received("api-two").size() == 3);
                assertThat(attempt.isClosed()).isFalse();
            }
        }
    }

    /** Whether the other side closes it, be it in the middle of what it sends. */
    private static boolean isEnded(Socket connection) throws IOException {
        connection.setSoTimeout(10_000);
        try {
            byte[] request = new byte[4096];
            int read = 0;
            while (read >= 0) {
                read = connection.getInputStream().read(request);
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            // reset
            return true;
        }
    }
}
