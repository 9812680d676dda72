package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tandem.oauth2.StrictTokenServer.Answer;
import io.tandem.oauth2.TokenFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A login from the first URL to the saved refresh token, and all that may come instead. */
class BrowserLoginTest {
    @TempDir
    private Path folder;

    private final HttpClient browser =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    private LoginServer server;
    private RefreshTokenStore store;
    private LoginSettings settings;
    private BrowserLogin login;

    @BeforeEach
    void start() throws IOException {
        server = new LoginServer();
        store = new RefreshTokenStore(folder.resolve("logins"), StoreKey.file(folder.resolve("logins/key")));
        settings = settings(TokenEndpoint.discovered(server.issuer()));
        login = BrowserLogin.start(settings, LoopbackRedirect.DEFAULT);
    }

    @AfterEach
    void stop() {
        login.close();
        server.close();
    }

    private LoginSettings settings(TokenEndpoint endpoint) {
        return LoginSettings.of(
                endpoint.withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10)),
                new ClientAuth.Basic(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET),
                new TokenParameters(List.of("orders", "offline_access"), "aud", List.of(), Map.of()),
                new Grant.AuthorizationCode(store, "api-one"));
    }

    private HttpResponse<String> open(URI url) throws Exception {
        return browser.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
    }

    private URI answer(String query) {
        return URI.create(login.redirectUri() + "?" + query);
    }

    private String state() {
        return StrictTokenServer.form(login.url().getRawQuery()).get("state").get(0);
    }

    private LoginFailedException failure() {
        return catchThrowableOfType(LoginFailedException.class, () -> login.await(Duration.ofSeconds(10)));
    }

    @Test
    void loginIsKeptAndTokensComeFromIt() throws Exception {
        HttpResponse<String> page = open(login.url());
        login.await(Duration.ofSeconds(10));

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("You are logged in", "api-one").doesNotContain("code-1", "refresh-", "http");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(store.has("api-one")).isTrue();
        try (TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, new ManualTime())) {
            TokenSource source = sources.source(
                    "api-one",
                    new TokenSettings(settings.endpoint(), settings.client(), settings.login(), settings.parameters()));
            assertThat(get(source.token()).value()).startsWith("access-");
        }
    }

    @Test
    void urlAsksForWhatWasSetAndForS256() {
        Map<String, List<String>> query = StrictTokenServer.form(login.url().getRawQuery());
        assertThat(query)
                .containsEntry("response_type", List.of("code"))
                .containsEntry("client_id", List.of(StrictTokenServer.CLIENT_ID))
                .containsEntry("scope", List.of("orders offline_access"))
                .containsEntry("audience", List.of("aud"))
                .containsEntry("code_challenge_method", List.of("S256"))
                .containsEntry("redirect_uri", List.of(login.redirectUri().toString()));
        assertThat(query.get("state").get(0)).hasSizeGreaterThan(40);
        assertThat(login.redirectUri().getHost()).isEqualTo("127.0.0.1");
    }

    @Test
    void endpointsMayBeSetInsteadOfDiscovered() throws Exception {
        login.close();
        LoginSettings set = new LoginSettings(
                TokenEndpoint.of(server.tokens.url()),
                URI.create(server.tokens.base() + "/authorize?tenant=1"),
                null,
                settings.client(),
                settings.parameters(),
                Map.of("prompt", "consent"),
                settings.login());
        login = BrowserLogin.start(set, new LoopbackRedirect("localhost", 0, "/oauth/back"));
        assertThat(login.url().getRawQuery()).contains("tenant=1", "prompt=consent");
        open(login.url());
        login.await(Duration.ofSeconds(10));
        assertThat(store.has("api-one")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"code=x", "code=x&state=", "code=x&state=other", "code=x&state=STATE&state=STATE", ""})
    void answerWithoutThisLoginsStateIsRefusedAndDoesNotEndIt(String query) throws Exception {
        HttpResponse<String> page = open(answer(query.replace("STATE", LoginServer.encoded(state()))));
        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(page.body()).contains("does not belong to the login");
        assertThat(server.tokens.calls()).isZero();

        open(login.url());
        login.await(Duration.ofSeconds(10));
    }

    @Test
    void answerOfAnotherIssuerIsRefused() throws Exception {
        server.issuerInAnswer = "https://evil.example.com";
        HttpResponse<String> page = open(login.url());
        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(failure()).hasMessageContaining("not from the issuer");
        assertThat(server.tokens.calls()).as("the code went nowhere").isZero();
    }

    @Test
    void answerWithoutIssuerIsRefusedWhenTheServerAlwaysNamesIt() throws Exception {
        server.issuerInAnswer = null;
        open(login.url());
        assertThat(failure()).hasMessageContaining("not from the issuer");
    }

    @Test
    void answerWithoutIssuerIsTakenFromServersThatNameNone() throws Exception {
        login.close();
        server.advertiseIssuer = false;
        server.issuerInAnswer = null;
        login = BrowserLogin.start(settings, LoopbackRedirect.DEFAULT);
        open(login.url());
        login.await(Duration.ofSeconds(10));
    }

    @Test
    void refusalIsShownAsTextAndEndsTheLogin() throws Exception {
        server.error = "access_denied";
        HttpResponse<String> page = open(login.url());
        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(page.body()).contains("access_denied", "&lt;script&gt;").doesNotContain("<script>");
        assertThat(failure().failure().kind()).isEqualTo(Kind.LOGIN_REFUSED);
        assertThat(open(login.url()).statusCode()).isEqualTo(410);
        assertThat(store.has("api-one")).isFalse();
    }

    @Test
    void codeThatTheServerRefusesIsTold() throws Exception {
        HttpResponse<String> page = open(answer("code=stolen&state=" + LoginServer.encoded(state()) + "&iss="
                + LoginServer.encoded(server.tokens.base())));
        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(failure().failure().kind()).isEqualTo(Kind.GRANT_REFUSED);
        assertThat(failure().getMessage()).doesNotContain("stolen");
    }

    @Test
    void answerWithoutCodeIsTold() throws Exception {
        open(answer("state=" + LoginServer.encoded(state()) + "&iss=" + LoginServer.encoded(server.tokens.base())));
        assertThat(failure()).hasMessageContaining("no code");
    }

    @Test
    void wrongSecretIsTold() throws Exception {
        server.tokens.secret = "another";
        assertThat(open(login.url()).body()).contains("check the client id, the client secret");
        assertThat(failure().failure().kind()).isEqualTo(Kind.WRONG_CREDENTIALS);
    }

    @Test
    void missingRefreshTokenIsTold() throws Exception {
        server.refreshTokens = false;
        assertThat(open(login.url()).body()).contains("offline_access");
        assertThat(failure()).hasMessageContaining("gave no refresh token");
        assertThat(store.has("api-one")).isFalse();
    }

    @Test
    void brokenTokenResponseIsTold() throws Exception {
        server.tokens.script = (call, n) -> Answer.of(200, "<html>");
        open(login.url());
        assertThat(failure().failure().kind()).isEqualTo(Kind.BAD_RESPONSE);
    }

    @Test
    void otherHostsPathsAndMethodsAreRefused() throws Exception {
        URI good = answer("code=x&state=" + LoginServer.encoded(state()));
        assertThat(raw("GET " + good.getRawPath() + "?" + good.getRawQuery(), "evil.example.com:" + good.getPort()))
                .startsWith("HTTP/1.1 404");
        assertThat(raw("POST " + good.getRawPath() + "?" + good.getRawQuery(), "127.0.0.1:" + good.getPort()))
                .startsWith("HTTP/1.1 405");
        assertThat(open(URI.create("http://127.0.0.1:" + good.getPort() + "/")).statusCode())
                .isEqualTo(404);
        assertThat(server.tokens.calls()).isZero();
    }

    private String raw(String line, String host) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), login.redirectUri().getPort())) {
            socket.getOutputStream()
                    .write((line + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void loginThatNobodyDoesEndsInTime() {
        assertThatThrownBy(() -> login.await(Duration.ofMillis(50)))
                .isInstanceOf(LoginFailedException.class)
                .hasMessageContaining("nobody logged in");
        login.close();
        assertThat(failure()).hasMessageContaining("given up");
    }

    @Test
    void takenPortIsTold() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> BrowserLogin.start(
                            settings, new LoopbackRedirect("127.0.0.1", taken.getLocalPort(), "/callback")))
                    .isInstanceOf(LoginFailedException.class)
                    .hasMessageContaining("port " + taken.getLocalPort());
        }
    }

    @Test
    void metadataThatCannotBeHadIsTold() {
        assertThatThrownBy(() -> BrowserLogin.start(
                        settings(TokenEndpoint.discovered(URI.create(server.tokens.base() + "/nothing"))),
                        LoopbackRedirect.DEFAULT))
                .isInstanceOf(LoginFailedException.class);
        assertThatThrownBy(() ->
                        BrowserLogin.start(settings(TokenEndpoint.of(server.tokens.url())), LoopbackRedirect.DEFAULT))
                .isInstanceOf(LoginFailedException.class)
                .hasMessageContaining("authorization URL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "192.168.1.5", "example.com", ""})
    void redirectGoesToThisMachineOnly(String host) {
        assertThatThrownBy(() -> new LoopbackRedirect(host, 0, "/x")).isInstanceOf(IllegalArgumentException.class);
    }
}
