package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static io.tandem.oauth2.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandem.oauth2.TokenFailure.Kind;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire, against a server that takes nothing on trust. */
class ClientCredentialsTest {
    private StrictTokenServer server;
    private TokenSources sources;

    @BeforeEach
    void start() throws IOException {
        server = new StrictTokenServer();
        sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, new ManualTime());
    }

    @AfterEach
    void stop() {
        sources.close();
        server.close();
    }

    @Test
    void basicFormEncodesIdAndSecretFirst() {
        Token token = get(sources.source("t", settings(server.url())).token());

        assertThat(token.value()).isEqualTo("token-1");
        assertThat(server.seen.get(0).form()).isEqualTo(Map.of("grant_type", List.of("client_credentials")));
        assertThat(server.seen.get(0).authorization()).startsWith("Basic ");
    }

    @Test
    void postSendsIdAndSecretInTheBodyOnly() {
        ClientAuth post = new ClientAuth.Post(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET);
        get(sources.source("t", settings(server.url(), post)).token());

        assertThat(server.seen.get(0).authorization()).isNull();
        assertThat(server.seen.get(0).first("client_secret")).isEqualTo(StrictTokenServer.SECRET);
    }

    @Test
    void noneSendsTheIdAlone() {
        get(sources.source("t", settings(server.url(), new ClientAuth.None("public")))
                .token());

        assertThat(server.seen.get(0).authorization()).isNull();
        assertThat(server.seen.get(0).form())
                .isEqualTo(Map.of("grant_type", List.of("client_credentials"), "client_id", List.of("public")));
    }

    @Test
    void scopeAudienceRepeatedResourceAndExtrasAreSent() {
        TokenParameters parameters = new TokenParameters(
                List.of("orders.write", "orders.read"),
                "https://api.example.com/?a=b&c",
                List.of(URI.create("https://one.example.com/"), URI.create("urn:two")),
                Map.of("tenant", "a b+c"));
        ClientAuth basic = new ClientAuth.Basic(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET);
        get(sources.source("t", settings(server.url(), basic, parameters)).token());

        assertThat(server.seen.get(0).form())
                .isEqualTo(Map.of(
                        "grant_type", List.of("client_credentials"),
                        "scope", List.of("orders.write orders.read"),
                        "audience", List.of("https://api.example.com/?a=b&c"),
                        "resource", List.of("https://one.example.com/", "urn:two"),
                        "tenant", List.of("a b+c")));
    }

    @Test
    void secretIsReadAtEachCall() {
        AtomicReference<String> secret = new AtomicReference<>(StrictTokenServer.SECRET);
        TokenSource source = sources.source(
                "t", settings(server.url(), new ClientAuth.Basic(StrictTokenServer.CLIENT_ID, secret::get)));
        Token first = get(source.token());

        server.secret = "rotated ü%";
        secret.set("rotated ü%");
        source.reject(first);
        assertThat(get(source.token()).value()).isEqualTo("token-2");
    }

    @Test
    void secretThatCannotBeReadIsToldWithoutACall() {
        ClientAuth broken = new ClientAuth.Basic("tandem", () -> {
            throw new IllegalStateException("/run/secrets/top-secret-path hunter2");
        });
        assertThatThrownBy(() ->
                        get(sources.source("t", settings(server.url(), broken)).token()))
                .isInstanceOfSatisfying(TokenUnavailableException.class, e -> {
                    assertThat(e.failure().kind()).isEqualTo(Kind.SETTINGS);
                    assertThat(e.failure().diagnosis()).contains("tandem").doesNotContain("hunter2");
                });
        assertThat(server.calls()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://idp.example.com/token",
                "http://127.0.0.1.example.com/token",
                "http://localhost.example.com/token",
                "ftp://localhost/token",
                "/token",
                "https://user:pass@idp.example.com/token",
                "https://idp.example.com/token#x"
            })
    void unsafeTokenUrlIsRefused(String url) {
        assertThatThrownBy(() -> TokenEndpoint.of(URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("pass@");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://idp.example.com/token?tenant=a",
                "http://localhost:8080/token",
                "http://127.0.0.1/token",
                "http://127.1.2.3/token",
                "http://[::1]:99/token"
            })
    void safeTokenUrlIsTaken(String url) {
        assertThat(TokenEndpoint.of(URI.create(url)).url()).hasToString(url);
    }

    @Test
    void plainHttpIsTakenWhenAllowedByName() {
        TokenEndpoint endpoint = new TokenEndpoint(
                URI.create("http://idp.internal/token"),
                java.time.Duration.ofSeconds(1),
                java.time.Duration.ofSeconds(1),
                100,
                true);
        assertThat(endpoint.transport().allowHttp()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"grant_type", "client_id", "client_secret", "scope", "resource", "client_assertion", " "})
    void extraParameterThatHasAnotherPlaceIsRefused(String name) {
        assertThatThrownBy(() -> new TokenParameters(List.of(), null, List.of(), Map.of(name, "x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void scopeAndResourceThatTheProtocolDoesNotAllowAreRefused() {
        assertThatThrownBy(() -> new TokenParameters(List.of("a b"), null, List.of(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TokenParameters(List.of(), null, List.of(URI.create("https://a/#frag")), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TokenParameters(List.of(), null, List.of(URI.create("relative")), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingShowsASecret() {
        TokenSettings settings = settings(
                server.url(),
                new ClientAuth.Post("tandem", () -> StrictTokenServer.SECRET),
                new TokenParameters(List.of(), null, List.of(), Map.of("api_key", "extra-secret")));
        assertThat(settings.toString()).contains("tandem").doesNotContain(StrictTokenServer.SECRET, "extra-secret");
        assertThat(new TokenReply("hidden", null, "hidden").toString()).doesNotContain("hidden");
    }
}
