package io.tandem.entry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.tandem.support.Chromium;
import io.tandem.support.RawHttp;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What web pages of others make a browser send to a Tandem that asks nobody who they are. */
class OtherSitesTest {
    private static final String PORTAL = "https://portal.example.com";

    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() {
        targets = new StubTargets();
        Map<String, String> settings = targets.settings();
        settings.put("tandem.http.origins", PORTAL + ", https://intern.example.com:8443");
        tandem = RunningTandem.start(settings);
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

    private static RawHttp.Reply raw(int port, String text) throws IOException {
        try (RawHttp connection = new RawHttp(port)) {
            return connection.send(text).read();
        }
    }

    private static RawHttp.Reply post(String headers) throws IOException {
        return raw(
                tandem.port(),
                "POST /messages HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n" + headers + "\r\n{}");
    }

    private static String self() {
        return "localhost:" + tandem.port();
    }

    private static void assertRefused(RawHttp.Reply reply) {
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
        assertThat(reply.body()).contains("urn:tandem:problem:forbidden", "tandem.http.origins");
        assertThat(targets.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-Fetch-Site: cross-site\r\n",
                "Sec-Fetch-Site: same-site\r\n",
                "Sec-Fetch-Site: same-site\r\nOrigin: http://localhost:1\r\n",
                "Origin: http://evil.example\r\n",
                "Origin: http://localhost\r\n",
                "Origin: https://portal.example.com.evil.example\r\n",
                "Origin: http://portal.example.com\r\n",
                "Origin: null\r\n",
                "Origin: \r\n"
            })
    void pageOfAnotherSiteCanSendNothing(String headers) throws IOException {
        assertRefused(post("Host: " + self() + "\r\n" + headers));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Sec-Fetch-Mode: cors\r\n",
                "Sec-Fetch-Site: same-origin\r\n",
                "Sec-Fetch-Site: none\r\n",
                "Sec-Fetch-Site: same-origin\r\nOrigin: https://behind-a-proxy.example\r\n",
                "Origin: http://localhost:%d\r\n",
                "Origin: https://localhost:%d\r\n",
                "Sec-Fetch-Site: cross-site\r\nOrigin: " + PORTAL + "\r\n",
                "Origin: https://Intern.example.com:8443\r\n"
            })
    void othersAndOwnPagesCanSend(String headers) throws IOException {
        assertThat(post("Host: " + self() + "\r\n" + headers.formatted(tandem.port()))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evil-localhost",
                "evil127",
                "a_b",
                "",
                "evil.example/localhost",
                "localhost@evil.example"
            })
    void pageUnderANameThatLeadsHereSeesAndSendsNothing(String host) throws IOException {
        assertRefused(post("Host: " + host + "\r\nSec-Fetch-Site: same-origin\r\n"));
        for (String path : new String[] {"/messages", "/openapi.json", "/docs", "/", "/status"}) {
            assertRefused(raw(tandem.port(), "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
        }
        for (String path : new String[] {"/observe/health", "/observe/metrics", "/observe/log-levels"}) {
            assertRefused(raw(
                    tandem.application().managementPort(), "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8080",
                "localhost.",
                "tandem.localhost:1",
                "127.0.0.1:8080",
                "192.168.1.5",
                "[::1]:8080",
                "portal.example.com",
                "Intern.example.com:1"
            })
    void namesAndAddressesOfThisMachineAreKnown(String host) throws IOException {
        assertThat(post("Host: " + host + "\r\n").status()).isEqualTo(200);
        assertThat(raw(
                                tandem.application().managementPort(),
                                "GET /observe/health HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void callerOfBeforeHostHeadersIsAnswered() throws IOException {
        assertThat(raw(tandem.port(), "GET /openapi.json HTTP/1.0\r\n\r\n").status())
                .isEqualTo(200);
    }

    @Test
    void preflightIsNotAnswered() throws IOException {
        RawHttp.Reply reply = raw(
                tandem.port(),
                "OPTIONS /messages HTTP/1.1\r\nHost: localhost\r\nOrigin: " + PORTAL
                        + "\r\nAccess-Control-Request-Method: POST\r\n\r\n");

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.headers().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }

    @Test
    void anyNameIsGoodWhereOtherMachinesMayCall() throws IOException {
        Map<String, String> settings = targets.settings();
        settings.put("tandem.http.host", "0.0.0.0");
        settings.put("tandem.auth.allow-anonymous", "true");
        try (RunningTandem open = RunningTandem.start(settings)) {
            String head =
                    "POST /messages HTTP/1.1\r\nHost: tandem\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n";

            assertThat(raw(open.port(), head + "\r\n{}").status()).isEqualTo(200);
            assertThat(raw(open.port(), head + "Origin: http://evil.example\r\n\r\n{}")
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void browserIsRefusedWhatAPageOfAnotherSiteMakesItSend(@TempDir Path profile) throws IOException {
        assumeThat(Chromium.installed())
                .as("no Chromium is installed here: install one, or name it by CHROMIUM")
                .isPresent();
        targets.server()
                .stubFor(WireMock.get("/page")
                        .willReturn(WireMock.ok("<!DOCTYPE html><title>Elsewhere</title>")
                                .withHeader("Content-Type", "text/html")));
        String send = "fetch('%s/messages', {method: 'POST', mode: 'no-cors', body: '{}'}).then(() => 'sent')";
        try (Chromium browser = Chromium.start(Chromium.installed().orElseThrow(), profile)) {
            for (String host : new String[] {"localhost", "127.0.0.1"}) {
                browser.open(
                        URI.create("http://" + host + ":" + targets.server().port() + "/page"));
                browser.awaitTrue("document.title === 'Elsewhere'");
                assertThat(browser.evaluate(send.formatted("http://" + self())).asText())
                        .isEqualTo("sent");
            }
            assertThat(targets.received("api-one")).isEmpty();

            browser.open(URI.create("http://" + self() + "/docs"));
            browser.awaitTrue("location.pathname === '/docs'");
            browser.evaluate(send.formatted(""));
            assertThat(targets.received("api-one")).hasSize(1);
        }
    }
}
