package io.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.oauth2.ClientAuth;
import io.tandem.oauth2.Grant;
import io.tandem.oauth2.LoginSettings;
import io.tandem.oauth2.LoopbackRedirect;
import io.tandem.oauth2.RefreshTokenStore;
import io.tandem.oauth2.StoreKey;
import io.tandem.oauth2.TokenEndpoint;
import io.tandem.oauth2.TokenParameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tandem login} against a stub, an HTTP client in place of the browser. */
class LoginCommandTest {
    @TempDir
    private Path temp;

    private final List<URI> opened = new CopyOnWriteArrayList<>();
    private final StringWriter out = new StringWriter();
    private StubIssuer issuer;
    private CheckedFolder folder;
    private RefreshTokenStore store;
    private Surroundings surroundings;

    @BeforeEach
    void start() throws IOException {
        issuer = new StubIssuer();
        folder = new CheckedFolder(temp.toRealPath());
        store = new RefreshTokenStore(folder.path("logins"), StoreKey.file(folder.path("key")));
        LoginSettings settings = LoginSettings.of(
                TokenEndpoint.discovered(issuer.url()),
                new ClientAuth.Basic("tandem", () -> StubIssuer.SECRET),
                new TokenParameters(List.of("orders"), null, List.of(), Map.of()),
                new Grant.AuthorizationCode(store, "api-one"));
        surroundings = new Surroundings(
                (all, target) -> new Surroundings.Login(settings, LoopbackRedirect.DEFAULT),
                opened::add,
                InputStream.nullInputStream(),
                false);
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private CompletableFuture<CommandRun> begin(String... more) {
        String[] arguments = folder.arguments("login", more);
        return CommandRun.begin(surroundings, out, arguments);
    }

    private static CommandRun end(CompletableFuture<CommandRun> run) throws Exception {
        CommandRun ended = run.get(60, TimeUnit.SECONDS);
        assertThat(ended.out() + ended.err())
                .doesNotContain(StubIssuer.SECRET, "access-token-1", "refresh-token-1", "code-1");
        return ended;
    }

    /** The parameter of the authorization request that was opened. */
    private String parameter(String name) {
        await().until(() -> !opened.isEmpty());
        Matcher matcher = Pattern.compile("[?&]" + name + "=([^&]*)")
                .matcher(opened.get(0).toString());
        assertThat(matcher.find()).isTrue();
        return java.net.URLDecoder.decode(matcher.group(1), java.nio.charset.StandardCharsets.UTF_8);
    }

    private int comeBack(String state, String query) throws Exception {
        URI back = URI.create(parameter("redirect_uri") + "?state=" + state + "&" + query);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(back).build(), BodyHandlers.ofString())
                .statusCode();
    }

    private String fromIssuer() {
        return "&iss=" + issuer.url();
    }

    @Test
    void rightCallbackIsKept() throws Exception {
        CompletableFuture<CommandRun> run = begin("api-one");

        assertThat(comeBack(parameter("state"), "code=code-1" + fromIssuer())).isEqualTo(200);

        CommandRun ended = end(run);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out())
                .contains(opened.get(0).toString())
                .contains("Logged in for api-one. The refresh token is kept, encrypted, in " + store.place("api-one")
                        + ".");
        assertThat(store.place("api-one")).exists();
        assertThat(parameter("code_challenge_method")).isEqualTo("S256");
    }

    @Test
    void wrongStateIsRefusedAndDoesNotEndTheLogin() throws Exception {
        CompletableFuture<CommandRun> run = begin("api-one");

        assertThat(comeBack("forged", "code=code-1" + fromIssuer())).isEqualTo(400);
        assertThat(run).isNotDone();
        assertThat(comeBack(parameter("state"), "code=code-1" + fromIssuer())).isEqualTo(200);

        assertThat(end(run).exitCode()).isZero();
    }

    @Test
    void wrongIssuerEndsTheLogin() throws Exception {
        CompletableFuture<CommandRun> run = begin("api-one");

        assertThat(comeBack(parameter("state"), "code=code-1&iss=https://evil.example"))
                .isEqualTo(400);

        CommandRun ended = end(run);
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err())
                .startsWith("The login for api-one did not work: ")
                .contains("not from the issuer");
        assertThat(store.has("api-one")).isFalse();
    }

    @Test
    void personWhoSaysNo() throws Exception {
        CompletableFuture<CommandRun> run = begin("api-one");

        comeBack(parameter("state"), "error=access_denied" + fromIssuer());

        CommandRun ended = end(run);
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("the server refused the login: access_denied");
    }

    @Test
    void nobodyComes() throws Exception {
        CommandRun ended = end(begin("api-one", "--no-browser", "--timeout", "200ms"));

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("nobody logged in within");
        assertThat(ended.out()).contains(issuer.url() + "/authorize?");
        assertThat(opened).isEmpty();
    }

    private void deviceAnswers(int lifetime, String... answers) {
        issuer.prompt = "{\"device_code\":\"device-code-1\",\"user_code\":\"WDJB-MJHT\",\"verification_uri\":\""
                + issuer.url() + "/enter\",\"expires_in\":" + lifetime + ",\"interval\":1}";
        issuer.answers.addAll(List.of(answers));
    }

    @Test
    void deviceLoginIsKept() throws Exception {
        deviceAnswers(600, "400 {\"error\":\"authorization_pending\"}");

        CommandRun ended = end(begin("api-one", "--device"));

        assertThat(ended.err()).isEmpty();
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).contains("WDJB-MJHT", issuer.url() + "/enter", "Logged in for api-one");
        assertThat(store.has("api-one")).isTrue();
        assertThat(opened).isEmpty();
    }

    @Test
    void deviceLoginIsDenied() throws Exception {
        deviceAnswers(600, "400 {\"error\":\"access_denied\"}");

        CommandRun ended = end(begin("api-one", "--device"));

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("refused on the other device");
    }

    @Test
    void deviceCodeExpires() throws Exception {
        deviceAnswers(600, "400 {\"error\":\"expired_token\"}");

        CommandRun ended = end(begin("api-one", "--device"));

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("the code was not typed in time: start again");
    }

    @Test
    void wrongUsageIsTwo() throws Exception {
        assertThat(end(begin()).exitCode()).isEqualTo(2);
        assertThat(end(begin("api-one", "--timeout", "soon")).exitCode()).isEqualTo(2);
        CommandRun unknown = end(begin("api-nine"));
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("There is no target 'api-nine'; there are: api-one, api-two");
    }

    @Test
    void targetWithoutLoginIsToldSo() {
        CommandRun run = CommandRun.of(folder.arguments("login", "api-one"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualToIgnoringNewLines("the target 'api-one' needs no login");
    }

    @Test
    void browserIsOpenedOnlyWhereThereIsADesktop() {
        URI page = URI.create("https://idp.example.com/authorize?x=1&y=2");
        assertThat(Browser.command("Linux", Map.of(), page)).isEmpty();
        assertThat(Browser.command("Linux", Map.of("DISPLAY", ":0"), page))
                .containsExactly("xdg-open", page.toString());
        assertThat(Browser.command("Mac OS X", Map.of(), page)).containsExactly("open", page.toString());
    }
}
