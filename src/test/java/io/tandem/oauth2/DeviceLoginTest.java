package io.tandem.oauth2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandem.oauth2.StrictTokenServer.Answer;
import io.tandem.oauth2.TokenFailure.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The device flow, with a clock that only counts. */
class DeviceLoginTest {
    private static final String PROMPT = "{\"device_code\":\"device-code-1\",\"user_code\":\"WDJB-MJHT\","
            + "\"verification_uri\":\"https://example.com/device\","
            + "\"verification_uri_complete\":\"https://example.com/device?c=WDJB-MJHT\",\"expires_in\":600,\"interval\":5}";

    @TempDir
    private Path folder;

    private final List<Duration> pauses = new ArrayList<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private volatile String prompt = PROMPT;
    private LoginServer server;
    private RefreshTokenStore store;
    private LoginSettings settings;

    @BeforeEach
    void start() throws IOException {
        server = new LoginServer();
        server.tokens.also("/device", exchange -> LoginServer.send(exchange, 200, prompt));
        server.tokens.script = (call, n) -> {
            assertThat(call.first("grant_type")).isEqualTo("urn:ietf:params:oauth:grant-type:device_code");
            assertThat(call.first("device_code")).isEqualTo("device-code-1");
            return answers.isEmpty() ? error("authorization_pending") : answers.poll();
        };
        store = new RefreshTokenStore(folder, StoreKey.file(folder.resolve("key")));
        settings = LoginSettings.of(
                TokenEndpoint.discovered(server.issuer()).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10)),
                new ClientAuth.Post(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET),
                TokenParameters.NONE,
                new Grant.AuthorizationCode(store, "api-one"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Answer error(String code) {
        return Answer.of(400, "{\"error\":\"" + code + "\"}");
    }

    private DeviceLogin begin() {
        return DeviceLogin.start(settings, pauses::add);
    }

    @Test
    void loginIsKeptWhenTheCodeWasTyped() {
        answers.addAll(List.of(
                error("authorization_pending"),
                error("slow_down"),
                Answer.of(503, ""),
                error("authorization_pending"),
                server.tokens()));
        try (DeviceLogin login = begin()) {
            assertThat(login.userCode()).isEqualTo("WDJB-MJHT");
            assertThat(login.verificationUri()).isEqualTo(URI.create("https://example.com/device"));
            assertThat(login.verificationUriComplete()).isPresent();
            assertThat(login.lifetime()).isEqualTo(Duration.ofMinutes(10));
            login.await();
        }
        assertThat(pauses).extracting(Duration::toSeconds).containsExactly(5L, 5L, 10L, 20L, 20L);
        assertThat(store.has("api-one")).isTrue();
    }

    @Test
    void refusalEndsTheLogin() {
        answers.add(error("access_denied"));
        try (DeviceLogin login = begin()) {
            assertThatThrownBy(login::await)
                    .isInstanceOf(LoginFailedException.class)
                    .hasMessageContaining("refused on the other device");
        }
    }

    @Test
    void expiryEndsTheLoginWhoeverTellsIt() {
        answers.add(error("expired_token"));
        try (DeviceLogin login = begin()) {
            assertThatThrownBy(login::await).hasMessageContaining("not typed in time");
        }
        try (DeviceLogin login = begin()) {
            assertThatThrownBy(login::await).hasMessageContaining("nobody logged in in time");
        }
        assertThat(pauses).hasSize(1 + 600 / 5);
    }

    @Test
    void anyOtherErrorEndsTheLogin() {
        answers.add(error("invalid_client"));
        try (DeviceLogin login = begin()) {
            assertThatThrownBy(login::await).isInstanceOfSatisfying(LoginFailedException.class, e -> assertThat(
                            e.failure().kind())
                    .isEqualTo(Kind.WRONG_CREDENTIALS));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"device_code\":\"d\",\"user_code\":\"u\",\"verification_uri\":\"javascript:alert(1)\",\"expires_in\":60}",
                "{\"device_code\":\"d\",\"user_code\":\"u\\u001b[2J\",\"verification_uri\":\"https://e.example/\",\"expires_in\":60}",
                "{\"device_code\":\"d\",\"user_code\":\"u\",\"verification_uri\":\"https://e.example/\",\"expires_in\":-5}",
                "{\"device_code\":\"d\",\"device_code\":\"e\",\"user_code\":\"u\",\"verification_uri\":\"https://e.example/\",\"expires_in\":60}"
            })
    void brokenAnswerIsTold(String body) {
        prompt = body;
        assertThatThrownBy(this::begin)
                .isInstanceOf(LoginFailedException.class)
                .hasMessageContaining("breaks RFC 8628");
    }

    @Test
    void giantIntervalAndLifeTimeAreCut() {
        prompt = PROMPT.replace("600", "999999999").replace(":5}", ":999999999}");
        try (DeviceLogin login = begin()) {
            assertThat(login.lifetime()).isEqualTo(Duration.ofMinutes(30));
            assertThatThrownBy(login::await).hasMessageContaining("nobody logged in in time");
        }
        assertThat(pauses).hasSize(30).containsOnly(Duration.ofMinutes(1));
    }

    @Test
    void serverWithoutDeviceFlowIsTold() {
        LoginSettings set = LoginSettings.of(
                TokenEndpoint.of(server.tokens.url()), settings.client(), settings.parameters(), settings.login());
        assertThatThrownBy(() -> DeviceLogin.start(set, pauses::add))
                .isInstanceOf(LoginFailedException.class)
                .hasMessageContaining("device URL");
    }
}
