package io.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where commands find a running Tandem, and what they say when there is none. */
class ClientOptionsTest {
    @TempDir
    private Path folder;

    private static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Test
    void tandemThatDoesNotAnswerIsToldInOneLine() throws Exception {
        String url = "http://127.0.0.1:" + freePort();

        for (String[] command : new String[][] {
            {"messages"}, {"show", "01JD8X4Q6T3K5M7N9P0R2S4V6W"}, {"replay", "--dead"}, {"send", "-"}
        }) {
            CommandRun run = CommandRun.of(with(command, "--url", url));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.errLines())
                    .singleElement()
                    .asString()
                    .endsWith("Tandem doesn't answer at " + url + ": start it with bin/tandem run, or give --url");
        }
    }

    @Test
    void portIsThatOfTheConfigurationWhoseSecretsAreMissing() throws Exception {
        int port = freePort();
        Path file = Files.writeString(
                folder.resolve("application.properties"),
                """
                target.api-one.url=https://api.example.com
                target.api-one.auth=api-key
                target.api-one.api-key.value={{env:TANDEM_TEST_NOT_SET}}
                tandem.http.host=0.0.0.0
                tandem.http.port=%d
                """
                        .formatted(port));

        CommandRun run = CommandRun.of("messages", "--config", file.toString());

        assertThat(run.err()).contains("doesn't answer at http://127.0.0.1:" + port + ":");
    }

    @Test
    void hostIsThatOfTheConfigurationWhenItIsOne() throws Exception {
        int port = freePort();

        CommandRun run =
                CommandRun.of("messages", "--set", "tandem.http.host=::1", "--set", "tandem.http.port=" + port);

        assertThat(run.err()).contains("http://[::1]:" + port);
    }

    @Test
    void portThatIsWrongIsToldWithItsPlace() throws Exception {
        Path file = Files.writeString(folder.resolve("a.properties"), "tandem.http.port=eighty\n");

        CommandRun run = CommandRun.of("messages", "--config", file.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines()).singleElement().asString().startsWith(file + ":1: bad value 'eighty'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--url=ftp://127.0.0.1",
                "--url=127.0.0.1:8080",
                "--url=http://user:secret@127.0.0.1",
                "--url=http://127.0.0.1/?a=b",
                "--header=secret",
                "--header=: secret",
                "--header=Host: secret",
                "--header=X-A: sec\nret",
                "--set=tandem.http.port=0",
                "--timeout=soon",
                "--limit=0",
                "--state=lost"
            })
    void wrongUsageIsTwoAndSaysNoSecret(String option) {
        CommandRun run = CommandRun.of("messages", option);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines().findFirst().orElseThrow()).doesNotContain("secret");
    }

    @Test
    void pathOfTheUrlIsKept() {
        WireMockServer proxy = proxy();
        try {
            proxy.stubFor(WireMock.get(WireMock.anyUrl())
                    .willReturn(WireMock.okJson("{\"messages\":[],\"next\":\"/messages?after=x\"}")));
            proxy.stubFor(WireMock.get("/tandem/messages?after=x").willReturn(WireMock.okJson("{\"messages\":[]}")));

            CommandRun run = CommandRun.of(
                    "messages", "--url", proxy.baseUrl() + "/tandem/", "--header", "Authorization: Bearer secret");

            assertThat(run.exitCode()).as(run.err()).isZero();
            proxy.verify(WireMock.getRequestedFor(WireMock.urlPathEqualTo("/tandem/messages"))
                    .withQueryParam("after", WireMock.absent())
                    .withHeader("Authorization", WireMock.equalTo("Bearer secret")));
            proxy.verify(WireMock.getRequestedFor(WireMock.urlEqualTo("/tandem/messages?after=x"))
                    .withHeader("Authorization", WireMock.equalTo("Bearer secret")));
        } finally {
            proxy.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"@elsewhere.example/", "https://elsewhere.example/", "x y"})
    void nextPageElsewhereIsNotAskedFor(String next) {
        WireMockServer proxy = proxy();
        try {
            proxy.stubFor(WireMock.get(WireMock.anyUrl())
                    .willReturn(WireMock.okJson("{\"messages\":[],\"next\":\"" + next + "\"}")));

            CommandRun run = CommandRun.of("messages", "--url", proxy.baseUrl());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.errLines()).containsExactly(proxy.baseUrl() + " answers, but not as Tandem does");
        } finally {
            proxy.stop();
        }
    }

    @Test
    void serverThatIsNoTandemIsToldSo() {
        WireMockServer other = proxy();
        try {
            other.stubFor(WireMock.get(WireMock.anyUrl())
                    .willReturn(WireMock.aResponse()
                            .withStatus(200)
                            .withHeader("Content-Type", "text/html")
                            .withBody("<html>")));

            CommandRun run = CommandRun.of("messages", "--url", other.baseUrl());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.errLines())
                    .containsExactly(other.baseUrl() + " answers, but not as Tandem does: status 200, text/html");
        } finally {
            other.stop();
        }
    }

    @Test
    void serverThatSaysNothingIsToldSo() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + silent.getLocalPort();

            CommandRun run = CommandRun.of("messages", "--url", url, "--timeout", "200ms");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.errLines())
                    .containsExactly("Tandem at " + url + " has not answered within 200ms; see --timeout");
        }
    }

    @Test
    void helpNamesEveryCommand() {
        CommandRun run = CommandRun.of("help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("run", "demo", "check", "login", "send", "messages", "show", "replay", "help");
        assertThat(CommandRun.of("help", "replay").out()).contains("--dead");
    }

    private static WireMockServer proxy() {
        WireMockServer proxy = new WireMockServer(
                WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());
        proxy.start();
        return proxy;
    }

    private static String[] with(String[] command, String... more) {
        return Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new);
    }
}
