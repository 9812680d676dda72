package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static io.tandem.oauth2.Fixtures.pass;
import static io.tandem.oauth2.Fixtures.passUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tandem.oauth2.StrictTokenServer.Script;
import io.tandem.oauth2.TokenFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Life on a saved login, against a server that ends the session when an old refresh token comes again. */
class RefreshTokenFetcherTest {
    @TempDir
    private Path folder;

    private final ManualTime time = new ManualTime();
    private LoginServer server;
    private RefreshTokenStore store;
    private TokenSources sources;
    private TokenSource source;

    @BeforeEach
    void start() throws IOException {
        server = new LoginServer();
        store = new RefreshTokenStore(folder, StoreKey.file(folder.resolve("key")));
        sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, time);
        source = source(sources);
    }

    @AfterEach
    void stop() {
        sources.close();
        server.close();
    }

    private TokenSource source(TokenSources of) {
        return of.source(
                "api-one",
                new TokenSettings(
                        TokenEndpoint.of(server.tokens.url())
                                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10)),
                        new ClientAuth.Post(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET),
                        new Grant.AuthorizationCode(store, "api-one"),
                        TokenParameters.NONE));
    }

    private void logIn() {
        server.tokens();
        server.revoked = false;
        save(new SavedLogin(
                server.refreshToken,
                StrictTokenServer.CLIENT_ID,
                server.tokens.url().toString(),
                Instant.EPOCH));
    }

    private void save(SavedLogin login) {
        try (RefreshTokenStore.Session session = store.open("api-one", Duration.ofSeconds(10))) {
            session.save(login);
        }
    }

    private String saved() {
        try (RefreshTokenStore.Session session = store.open("api-one", Duration.ofSeconds(10))) {
            return session.login().refreshToken();
        }
    }

    private TokenFailure failure() {
        return catchThrowableOfType(TokenUnavailableException.class, () -> get(source.token()))
                .failure();
    }

    @Test
    void rotatedRefreshTokenIsOnTheDiskBeforeTheTokenIsUsed() {
        logIn();
        for (int i = 0; i < 5; i++) {
            Token token = get(source.token());
            assertThat(saved()).isEqualTo(server.refreshToken);
            pass(time, Duration.ofSeconds(11), source);
            source.reject(token);
        }
        assertThat(server.reused.get()).isZero();
        assertThat(server.tokens.seen)
                .allSatisfy(call -> assertThat(call.form()).doesNotContainKey("scope"));
    }

    @Test
    void refreshTokenThatStaysGoodStaysSaved() {
        logIn();
        String before = saved();
        server.refreshTokens = false;
        source.reject(get(source.token()));
        get(source.token());
        assertThat(saved()).isEqualTo(before);
    }

    @Test
    void sessionIsKeptAliveWhileNobodyAsks() {
        logIn();
        get(source.token());
        pass(time, Duration.ofMinutes(10), source);
        assertThat(server.tokens.calls()).isBetween(600 / 27, 1 + 600 / 22);
        assertThat(server.reused.get()).isZero();
    }

    @Test
    void missingLoginIsToldAndTakesEffectSoonOnceDone() {
        assertThat(failure().kind()).isEqualTo(Kind.LOGIN_NEEDED);
        assertThat(failure().diagnosis()).contains("log in once");
        assertThat(server.tokens.calls()).isZero();
        logIn();
        passUntil(time, () -> source.current() != null, source);
    }

    @Test
    void refusedLoginIsNotTriedAgainUntilThereIsAnother() {
        logIn();
        server.revoked = true;
        assertThat(failure().kind()).isEqualTo(Kind.GRANT_REFUSED);
        for (int i = 0; i < 30; i++) {
            pass(time, Duration.ofSeconds(10), source);
            failure();
        }
        assertThat(server.tokens.calls()).isEqualTo(1);
        assertThat(failure().kind()).isEqualTo(Kind.LOGIN_NEEDED);

        logIn();
        passUntil(time, () -> source.current() != null, source);
    }

    @Test
    void loginOfAnotherServerOrClientIsNotSent() {
        save(new SavedLogin("foreign", StrictTokenServer.CLIENT_ID, "https://other.example.com", Instant.EPOCH));
        assertThat(failure().diagnosis()).contains("for another client or server");
        save(new SavedLogin("foreign", "other", server.tokens.url().toString(), Instant.EPOCH));
        pass(time, Duration.ofMinutes(1), source);
        assertThat(failure().diagnosis()).contains("for another client or server");
        assertThat(server.tokens.calls()).isZero();
    }

    @Test
    void twoOfThemNeverUseTheSameRefreshTokenTwice() throws Exception {
        logIn();
        try (TokenSources others = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, time)) {
            TokenSource other = source(others);
            assertThat(other).isNotSameAs(source);
            for (int i = 0; i < 20; i++) {
                var one = source.token();
                var two = other.token();
                Token first = get(one);
                Token second = get(two);
                pass(time, Duration.ofSeconds(11), source, other);
                source.reject(first);
                other.reject(second);
            }
        }
        assertThat(server.reused.get()).isZero();
        assertThat(server.tokens.calls()).isGreaterThanOrEqualTo(40);
        assertThat(saved()).isEqualTo(server.refreshToken);
    }

    @Test
    void refreshTokenThatCannotBeSavedIsNotUsedBeforeItIs() throws IOException {
        logIn();
        Path key = folder.resolve("key");
        AtomicReference<String> good = new AtomicReference<>(Files.readString(key));
        Script script = server.tokens.script;
        server.tokens.script = (call, n) -> {
            broken(key);
            return script.answer(call, n);
        };
        Token token = get(source.token());
        assertThat(token.value()).as("what is there still serves").startsWith("access-");
        String unsaved = server.refreshToken;

        pass(time, Duration.ofSeconds(11), source);
        source.reject(token);
        assertThat(failure().kind()).isEqualTo(Kind.SETTINGS);
        assertThat(server.tokens.calls()).isEqualTo(1);

        server.tokens.script = script;
        Files.writeString(key, good.get());
        passUntil(time, () -> source.token().toCompletableFuture().isDone() && source.current() != null, source);
        assertThat(server.tokens.seen.get(1).first("refresh_token")).isEqualTo(unsaved);
        assertThat(server.reused.get()).isZero();
        assertThat(saved()).isEqualTo(server.refreshToken);
    }

    private static void broken(Path key) {
        try {
            Files.writeString(key, "broken");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
