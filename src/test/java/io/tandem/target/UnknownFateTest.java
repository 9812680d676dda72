package io.tandem.target;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What may have been processed once is never said to be unsent, whatever comes of later attempts. */
class UnknownFateTest {
    @Test
    void deliveryIsNotCalledUnreachableWhenAnEarlierAttemptMayHaveArrived() throws IOException {
        try (StubTargets targets = new StubTargets();
                ServerSocket once = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, String> settings = new HashMap<>(targets.settings());
            settings.put("target.api-one.url", "http://127.0.0.1:" + once.getLocalPort() + "/api-one");
            settings.put("target.api-one.retry.attempts", "3");
            CompletableFuture<Void> goesDown = CompletableFuture.runAsync(() -> takeOneRequestAndGoDown(once));
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                JsonNode reply = RunningTandem.json(tandem.postJson("{\"order\":1}"));

                assertThat(reply.at("/replies/api-one/outcome").asText())
                        .as(reply.toString())
                        .isEqualTo("failed");
                assertThat(reply.at("/replies/api-one/problem/type").asText())
                        .isEqualTo("urn:tandem:problem:target-reply-broken");
                assertThat(reply.at("/replies/api-one/attempts").asInt()).isEqualTo(3);
            }
            goesDown.join();
        }
    }

    private static void takeOneRequestAndGoDown(ServerSocket listener) {
        try (Socket connection = listener.accept()) {
            listener.close();
            assertThat(connection.getInputStream().read(new byte[4096])).isPositive();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
