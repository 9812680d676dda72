package io.tandem.entry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandem.support.RawHttp;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which paths reach a route, with routes of users' beside the project's: what they name, and nothing like it. */
class ServedPathsTest {
    /** What Camel's own server would take for a proxy, and a path that another one begins with. */
    private static final String ROUTES_OF_USERS =
            """
            - route:
                id: proxied-orders-of-a-user
                description: Shows what it is given.
                from:
                  uri: platform-http:/proxy-orders
                  steps:
                    - setBody:
                        simple: "to=${header.CamelHttpScheme},${header.CamelHttpHost},${header.CamelHttpPort},${header.CamelHttpPath},${header.CamelHttpUri}"
            - route:
                id: guarded-of-a-user
                description: Under a path of two segments.
                from:
                  uri: platform-http:/inner/orders
                  steps:
                    - setBody:
                        constant: inner
            """;

    @TempDir
    private static Path folder;

    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() throws IOException {
        targets = new StubTargets();
        try (Stream<Path> files = Files.walk(RunningTandem.ROUTES)) {
            files.filter(Files::isRegularFile).forEach(ServedPathsTest::copy);
        }
        Files.writeString(folder.resolve("4-users.camel.yaml"), ROUTES_OF_USERS);
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.routes", folder.toString());
        tandem = RunningTandem.start(settings);
    }

    private static void copy(Path file) {
        try {
            Path copy = folder.resolve(RunningTandem.ROUTES.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void stop() {
        tandem.close();
        targets.close();
    }

    @BeforeEach
    void forget() {
        targets.forgetRequests();
    }

    private static RawHttp.Reply send(int port, String method, String target, String host) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            return http.send(method + " " + target + " HTTP/1.1\r\nHost: " + host
                            + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
                    .read();
        }
    }

    /** CVE-2026-85316: with such a path Camel's server lets callers choose where their request goes. */
    @Test
    void callersChooseNoDestinationWhenARoutesPathBeginsWithProxy() throws IOException {
        String path = "/proxy-orders";
        String evil = "127.0.0.1:" + targets.server().port();

        for (String target : new String[] {path, "http://" + evil + path, path + "?x=http://" + evil}) {
            RawHttp.Reply reply = send(tandem.port(), "POST", target, evil);

            assertThat(reply.status()).as(target).isEqualTo(200);
            assertThat(reply.body()).as(target).isEqualTo("to=,,,,");
        }
        assertThat(targets.received()).isEmpty();
    }

    /** CVE-2026-85316. */
    @ParameterizedTest
    @ValueSource(strings = {"proxy", "proxy-orders", "proxy/{path}"})
    void startIsRefusedWhenARouteWouldBeAProxy(String path, @TempDir Path routes) throws IOException {
        Files.writeString(
                routes.resolve("1-proxy.camel.yaml"),
                """
                - route:
                    id: proxy
                    from:
                      uri: platform-http:%s
                      steps:
                        - setBody:
                            constant: x
                """
                        .formatted(path));
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.routes", routes.toString());

        assertThatThrownBy(() -> RunningTandem.start(settings).close())
                .hasMessageContainingAll(
                        "platform-http://" + path.replace("/{path}", ""), "forward proxy", "begin it with a slash");
    }

    /** CVE-2026-85316. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/proxy",
                "/proxy/",
                "/proxy/api-one",
                "/proxy/http://%s/api-one",
                "/proxyhttp://%s/api-one",
                "http://%s/api-one",
                "http://%s/proxy/api-one",
                "/proxy-orders/api-one"
            })
    void requestIsNotPassedOnWhenItNamesAnotherServer(String target) throws IOException {
        String evil = "127.0.0.1:" + targets.server().port();

        RawHttp.Reply reply = send(tandem.port(), "POST", target.formatted(evil), evil);

        assertThat(reply.status()).as(reply.body()).isEqualTo(404);
        assertThat(targets.received()).isEmpty();
    }

    /** CVE-2026-85316. */
    @Test
    void tunnelIsRefusedWhenACallerAsksForOne() throws IOException {
        String evil = "127.0.0.1:" + targets.server().port();
        try (RawHttp http = new RawHttp(tandem.port())) {
            assertThat(http.send("CONNECT " + evil + " HTTP/1.1\r\nHost: " + evil + "\r\n\r\n")
                            .read()
                            .status())
                    .isEqualTo(400);
        }
        assertThat(targets.received()).isEmpty();
    }

    /** CVE-2026-40022: what guards a path must guard all that it serves, so nothing is served below or beside it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/inner",
                "/inner/",
                "/inner/orders/",
                "/inner/orders/1",
                "/inner//orders",
                "//inner/orders",
                "/inner/./orders",
                "/inner/x/../orders",
                "/inner/%%6frders",
                "/inner%%2forders",
                "/inner/orders;a=1",
                "/inner/orders%%00",
                "/INNER/orders",
                "/messages/inner/orders",
                "/messages/",
                "/messages/x/y",
                "/docs/inner/orders",
                "/observe/health",
                "/observe/metrics"
            })
    void pathIsUnknownWhenItOnlyResemblesAServedOne(String path) throws IOException {
        String target = path.formatted();

        assertThat(send(tandem.port(), "POST", "/inner/orders", "localhost").body())
                .isEqualTo("inner");
        assertThat(send(tandem.port(), "POST", target, "localhost").status())
                .as(target)
                .isEqualTo(404);
        assertThat(targets.received()).isEmpty();
    }

    /** CVE-2026-40022: on the management port too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/observe",
                "/observe/",
                "/observe/info",
                "/observe/metrics/",
                "/observe/metrics/x",
                "/observe/health/started",
                "/observe//metrics",
                "/observe/health/../metrics",
                "/x/observe/metrics",
                "/messages",
                "/inner/orders"
            })
    void managementServesItsOwnPathsAlone(String path) throws IOException {
        int port = tandem.managementUri("/").getPort();

        assertThat(send(port, "GET", "/observe/metrics", "localhost").status()).isEqualTo(200);
        assertThat(send(port, "GET", path, "localhost").status()).as(path).isEqualTo(404);
        assertThat(send(port, "POST", path, "localhost").status()).as(path).isEqualTo(405);
        assertThat(targets.received()).isEmpty();
    }
}
