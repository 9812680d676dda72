package io.tandem.cli;

import static io.tandem.support.SpringAuthorizationServer.client;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.tandem.Tandem;
import io.tandem.support.RunningTandem;
import io.tandem.support.SpringAuthorizationServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/**
 * From {@code tandem login} to deliveries, over restarts: the command and the service as they are, with nothing in common
 * but their configuration, and an authorization server that insists on PKCE and takes each refresh token once.
 */
class LoginThenDeliverTest {
    private static final String SECRET = "s3cr:t/b+ &%";

    private final BlockingQueue<URI> opened = new LinkedBlockingQueue<>();
    private final List<String> bearers = new CopyOnWriteArrayList<>();
    private SpringAuthorizationServer server;
    private HttpServer api;
    private CheckedFolder folder;

    @TempDir
    private Path temp;

    @BeforeEach
    void start() throws IOException {
        server = new SpringAuthorizationServer();
        server.register(client("tandem login")
                .clientSecret(SpringAuthorizationServer.hashed(SECRET))
                .authorizationGrantTypes(grants -> grants.clear())
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                .redirectUri("http://127.0.0.1/callback")
                .scope("orders.write")
                .clientSettings(ClientSettings.builder().requireProofKey(true).build())
                .tokenSettings(TokenSettings.builder()
                        .accessTokenTimeToLive(Duration.ofSeconds(3))
                        .reuseRefreshTokens(false)
                        .build())
                .build());
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                String bearer = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                        .replaceFirst("^Bearer ", "");
                bearers.add(bearer);
                exchange.sendResponseHeaders(server.active(bearer) ? 204 : 401, -1);
            }
        });
        api.start();
        folder = new CheckedFolder(temp.toRealPath());
        folder.write("application.properties", "");
        settings().forEach((key, value) -> folder.append("application.properties", key + "=" + value + "\n"));
    }

    @AfterEach
    void stop() {
        api.stop(0);
        server.close();
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        for (String target : List.of("api-one", "api-two")) {
            settings.put(
                    "target." + target + ".url",
                    "http://127.0.0.1:" + api.getAddress().getPort() + "/" + target);
            settings.put("target." + target + ".retry.attempts", "1");
            settings.put("target." + target + ".auth", "none");
        }
        // a message is a success when the target with the login has got it
        settings.put("tandem.completion", "any");
        settings.put("target.api-two.url", "http://127.0.0.1:1/nobody");
        settings.put("target.api-one.auth", "authorization-code");
        settings.put("target.api-one.oauth.issuer", server.issuer().toString());
        settings.put("target.api-one.oauth.client-id", "tandem login");
        settings.put("target.api-one.oauth.client-secret", SECRET);
        settings.put("target.api-one.oauth.scope", "orders.write");
        settings.put("tandem.tokens.dir", folder.path("logins").toString());
        return settings;
    }

    private CommandRun login() throws Exception {
        StringWriter out = new StringWriter();
        Surroundings usual = Surroundings.usual();
        CompletableFuture<CommandRun> run = CommandRun.begin(
                new Surroundings(usual.logins(), opened::add, InputStream.nullInputStream(), false),
                out,
                folder.arguments("login", "api-one"));
        URI page = opened.poll(30, TimeUnit.SECONDS);
        assertThat(page).as("%s", out).isNotNull();
        HttpResponse<String> last = SpringAuthorizationServer.logIn(page);
        assertThat(last.statusCode()).as(last.body()).isEqualTo(200);
        return run.get(30, TimeUnit.SECONDS);
    }

    /** As beside a running service: within a process there is one store for a folder. */
    private void loginInAnotherProcess() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Tandem.class.getName()));
        command.addAll(List.of(folder.arguments("login", "api-one", "--no-browser")));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader()) {
            String page = out.lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("http"))
                    .findFirst()
                    .orElseThrow();
            SpringAuthorizationServer.logIn(URI.create(page));
            assertThat(out.lines()).anyMatch(line -> line.startsWith("Logged in for api-one."));
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void deliveriesGoOnOverRestartsWhenAPersonHasLoggedInOnce() throws Exception {
        CommandRun login = login();

        assertThat(login.err()).isEmpty();
        assertThat(login.exitCode()).isZero();
        assertThat(server.refreshTokens()).hasSize(1);

        for (int restart = 0; restart < 2; restart++) {
            try (RunningTandem tandem = RunningTandem.start(settings())) {
                int rotations = server.refreshTokens().size();
                deliver(tandem);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> server.refreshTokens().size() >= rotations + 2);
                deliver(tandem);
            }
        }

        assertThat(bearers).allMatch(server.accessTokens()::contains);
        assertThat(bearers.stream().distinct().count()).isGreaterThanOrEqualTo(4);
        assertThat(server.answers()).containsOnly(200);
        assertThat(login.out() + login.err()).doesNotContain(secrets());
        try (Stream<Path> files = Files.walk(folder.path("logins"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(secrets());
            }
        }
    }

    @Test
    void anotherLoginMendsARunningTandemWhenTheServerHasEndedTheFirst() throws Exception {
        login();
        try (RunningTandem tandem = RunningTandem.start(settings())) {
            deliver(tandem);

            server.revokeAll();
            await().atMost(Duration.ofSeconds(20)).until(() -> RunningTandem.json(tandem.postJson("{}"))
                    .at("/replies/api-one/problem/type")
                    .asText()
                    .equals("urn:tandem:problem:token-unavailable"));
            assertThat(tandem.get(tandem.managementUri("/observe/health/ready")).body())
                    .contains("log in again");

            loginInAnotherProcess();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> tandem.postJson("{}").statusCode() == 200);
        }
    }

    private CharSequence[] secrets() {
        return Stream.of(server.accessTokens(), server.refreshTokens(), List.of(SECRET))
                .flatMap(List::stream)
                .toArray(CharSequence[]::new);
    }

    private static void deliver(RunningTandem tandem) {
        HttpResponse<String> reply = tandem.postJson("{\"order\":1}");
        assertThat(RunningTandem.json(reply).at("/replies/api-one/outcome").asText())
                .as(reply.body())
                .isEqualTo("delivered");
    }
}
