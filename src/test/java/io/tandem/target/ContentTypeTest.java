package io.tandem.target;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tandem.support.RunningTandem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apart from the other tests of headers, as WireMock rewrites some types, and fails on others. */
class ContentTypeTest {
    private static final List<String> TYPES = new CopyOnWriteArrayList<>();

    private static HttpServer target;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() throws IOException {
        target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        target.createContext("/", exchange -> {
            TYPES.add(exchange.getRequestHeaders().getFirst("Content-Type"));
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        target.start();
        String url = "http://127.0.0.1:" + target.getAddress().getPort() + "/";
        Map<String, String> settings = new HashMap<>(RunningTandem.target("api-one", url));
        settings.putAll(RunningTandem.target("api-two", url));
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        tandem.close();
        target.stop(0);
    }

    @BeforeEach
    void forget() {
        TYPES.clear();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json; charset=utf-8",
                "application/json;charset=UTF-8",
                "text/plain; charset=iso-8859-1",
                "text/plain; charset=no-such-charset",
                "text/plain; charset=\"\"",
                "text/plain; charset=utf-8; charset=utf-16"
            })
    void typeArrivesAsItIsWhenTypeIs(String contentType) {
        HttpResponse<String> reply = tandem.post(contentType, "1");

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(TYPES).containsExactly(contentType, contentType);
    }
}
