package io.tandem.keycloak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tandem.oauth2.BrowserLogin;
import io.tandem.oauth2.ClientAuth;
import io.tandem.oauth2.DeviceLogin;
import io.tandem.oauth2.Grant;
import io.tandem.oauth2.LoginFailedException;
import io.tandem.oauth2.LoginSettings;
import io.tandem.oauth2.LoopbackRedirect;
import io.tandem.oauth2.RefreshTokenStore;
import io.tandem.oauth2.StoreKey;
import io.tandem.oauth2.Token;
import io.tandem.oauth2.TokenEndpoint;
import io.tandem.oauth2.TokenEvents;
import io.tandem.oauth2.TokenFailure;
import io.tandem.oauth2.TokenFailure.Kind;
import io.tandem.oauth2.TokenParameters;
import io.tandem.oauth2.TokenPolicy;
import io.tandem.oauth2.TokenSettings;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenSources;
import io.tandem.oauth2.TokenUnavailableException;
import io.tandem.support.Chromium;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins of a person with a real browser at Keycloak's own pages, and the life after them. */
@KeycloakTest
class LoginKeycloakIT {
    private static final ClientAuth CONFIDENTIAL = new ClientAuth.Basic("tandem-login", () -> "s3cr:t/b+ &%");
    private static final ClientAuth PUBLIC = new ClientAuth.None("tandem-login-public");

    @TempDir
    private Path folder;

    private Keycloak keycloak;
    private RefreshTokenStore store;
    private Chromium browser;
    private TokenSources sources;

    @BeforeEach
    void start(Keycloak running) throws IOException {
        keycloak = running;
        store = new RefreshTokenStore(folder.resolve("logins"), StoreKey.file(folder.resolve("key")));
        Path executable = Chromium.installed().orElse(null);
        Assumptions.assumeTrue(
                executable != null, "no Chromium is installed here: install one, or name it by CHROMIUM");
        browser = Chromium.start(executable, Files.createDirectory(folder.resolve("profile")));
        sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE);
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
            sources.close();
        }
    }

    private TokenEndpoint endpoint() {
        return TokenEndpoint.discovered(keycloak.issuer()).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20));
    }

    private Grant.AuthorizationCode grant() {
        return new Grant.AuthorizationCode(store, "api-one");
    }

    private LoginSettings loginSettings(ClientAuth client) {
        return LoginSettings.of(endpoint(), client, TokenParameters.NONE, grant());
    }

    private TokenSource source(TokenSources from, ClientAuth client) {
        return from.source("api-one", new TokenSettings(endpoint(), client, grant(), TokenParameters.NONE));
    }

    private static Token get(CompletionStage<Token> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TokenUnavailableException unavailable ? unavailable : e;
        }
    }

    private static TokenFailure failure(TokenSource source) {
        TokenUnavailableException e = catchThrowableOfType(TokenUnavailableException.class, () -> get(source.token()));
        assertThat(e).as("a token was given").isNotNull();
        return e.failure();
    }

    private void enterPassword(String password) {
        browser.type("#username", "alice");
        browser.type("#password", password);
        browser.click("#kc-login");
    }

    private void logIn(ClientAuth client) {
        try (BrowserLogin login = BrowserLogin.start(loginSettings(client), LoopbackRedirect.DEFAULT)) {
            browser.open(login.url());
            enterPassword("alice's password");
            browser.awaitText("You are logged in");
            login.await(Duration.ofSeconds(10));
        }
    }

    @Test
    void wrongPasswordIsKeycloaksAffairAndTheRightOneLogsIn() throws Exception {
        try (BrowserLogin login = BrowserLogin.start(loginSettings(PUBLIC), LoopbackRedirect.DEFAULT)) {
            assertThat(login.url().getRawQuery())
                    .contains("response_type=code", "code_challenge_method=S256", "state=");
            browser.open(login.url());
            enterPassword("wrong");
            browser.awaitText("Invalid username or password");
            assertThat(store.has("api-one")).isFalse();
            browser.type("#password", "alice's password");
            browser.click("#kc-login");
            assertThat(browser.awaitText("You are logged in")).contains("api-one");
            login.await(Duration.ofSeconds(10));
        }
        Token token = get(source(sources, PUBLIC).token());
        assertThat(keycloak.active(token.value())).isTrue();
    }

    @Test
    void redirectThatIsNotRegisteredIsShownByKeycloakAndTheLoginEndsInTime() {
        try (BrowserLogin login =
                BrowserLogin.start(loginSettings(PUBLIC), new LoopbackRedirect("127.0.0.1", 0, "/elsewhere"))) {
            browser.open(login.url());
            browser.awaitText("redirect_uri");
            LoginFailedException e =
                    catchThrowableOfType(LoginFailedException.class, () -> login.await(Duration.ofSeconds(1)));
            assertThat(e).hasMessageContaining("nobody logged in");
        }
    }

    @Test
    void rotatedRefreshTokenIsSavedBeforeTheTokenIsUsedSoThatARestartGoesOn() throws Exception {
        logIn(CONFIDENTIAL);
        int rotations = keycloak.events("REFRESH_TOKEN", "tandem-login");
        int refused = keycloak.events("REFRESH_TOKEN_ERROR", "tandem-login");

        // each process stops the moment that it has a token, and the next has only what is on the disk
        for (int i = 0; i < 5; i++) {
            try (TokenSources process = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE)) {
                Token token = get(source(process, CONFIDENTIAL).token());
                assertThat(keycloak.active(token.value())).isTrue();
            }
        }

        assertThat(keycloak.events("REFRESH_TOKEN", "tandem-login") - rotations).isEqualTo(5);
        assertThat(keycloak.events("REFRESH_TOKEN_ERROR", "tandem-login")).isEqualTo(refused);
        assertThat(filesOfTheStore()).noneMatch(content -> content.contains("eyJ"));
    }

    private Stream<String> filesOfTheStore() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("logins"))) {
            return files
                    .filter(Files::isRegularFile)
                    .map(file -> {
                        try {
                            return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList()
                    .stream();
        }
    }

    @Test
    void tokensOfFiveSecondsAreRotatedInTime() throws Exception {
        logIn(CONFIDENTIAL);
        int refused = keycloak.events("REFRESH_TOKEN_ERROR", "tandem-login");
        TokenSource source = source(sources, CONFIDENTIAL);
        get(source.token());

        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    assertThat(source.current()).as("a message would wait").isNotNull();
                    return source.status().generation() == 4;
                });

        assertThat(keycloak.active(source.current().value())).isTrue();
        assertThat(keycloak.events("REFRESH_TOKEN_ERROR", "tandem-login")).isEqualTo(refused);
    }

    @Test
    void revokedSessionAsksForALoginAndANewOneTakesEffectWithoutARestart() throws Exception {
        logIn(PUBLIC);
        TokenSource source = source(sources, PUBLIC);
        Token token = get(source.token());
        int refused = keycloak.events("REFRESH_TOKEN_ERROR", "tandem-login-public");

        keycloak.logOut("alice");
        assertThat(keycloak.active(token.value())).isFalse();
        assertThat(source.reject(token)).isTrue();
        TokenFailure failure = failure(source);
        assertThat(failure.kind()).as(failure.diagnosis()).isIn(Kind.GRANT_REFUSED, Kind.LOGIN_NEEDED);
        assertThat(failure.diagnosis()).contains("log in again");

        // Keycloak hears nothing more of the dead login
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> failure(source).kind() == Kind.LOGIN_NEEDED);
        assertThat(keycloak.events("REFRESH_TOKEN_ERROR", "tandem-login-public") - refused)
                .isEqualTo(1);

        logIn(PUBLIC);
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> source.current() != null);
        assertThat(keycloak.active(source.current().value())).isTrue();
    }

    @Test
    void deviceLoginIsConfirmedInABrowserElsewhere() throws Exception {
        try (DeviceLogin login = DeviceLogin.start(loginSettings(PUBLIC))) {
            CompletableFuture<Void> done = CompletableFuture.runAsync(login::await);
            URI there = login.verificationUriComplete().orElseThrow();
            browser.open(there);
            enterPassword("alice's password");
            browser.click("#kc-login[name=accept]");
            browser.awaitText("Device Login Successful");
            done.get(30, TimeUnit.SECONDS);
        }
        Token token = get(source(sources, PUBLIC).token());
        assertThat(keycloak.active(token.value())).isTrue();
    }

    @Test
    void deviceLoginThatIsDeclinedIsTold() throws Exception {
        try (DeviceLogin login = DeviceLogin.start(loginSettings(PUBLIC))) {
            CompletableFuture<Throwable> done = CompletableFuture.runAsync(login::await)
                    .handle((nothing, failure) -> failure == null ? null : failure.getCause());
            browser.open(login.verificationUriComplete().orElseThrow());
            enterPassword("alice's password");
            browser.click("#kc-cancel");
            assertThat(done.get(30, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            LoginFailedException.class,
                            e -> assertThat(e.failure().kind()).isEqualTo(Kind.LOGIN_REFUSED));
        }
        assertThat(store.has("api-one")).isFalse();
    }

    @Test
    void loginWithoutALoginIsAskedFor() {
        TokenFailure failure = failure(sources.source(
                "api-one",
                new TokenSettings(
                        endpoint(),
                        PUBLIC,
                        new Grant.AuthorizationCode(store, "nobody"),
                        new TokenParameters(java.util.List.of(), null, java.util.List.of(), Map.of()))));
        assertThat(failure.kind()).isEqualTo(Kind.LOGIN_NEEDED);
        assertThat(failure.diagnosis()).contains("log in once");
    }
}
