package io.tandem.process;

import static io.tandem.support.SpringAuthorizationServer.client;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import io.tandem.oauth2.TestPki;
import io.tandem.support.Secrets;
import io.tandem.support.SpringAuthorizationServer;
import io.tandem.support.TunnelProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/**
 * A whole life of {@code bin/tandem} with every kind of credentials, with each of which all goes well or wrong: commands,
 * bad starts, messages, pages, probes, shutting down, everything logged that any library can log. Then all that was
 * printed, answered and written is searched for every secret and token of that life.
 */
class SecretsIT {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern HTTP = Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern MANAGEMENT = Pattern.compile("management on http://127\\.0\\.0\\.1:(\\d+)");

    private static final String EVERYTHING =
            """
            <configuration>
              <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%level %logger %msg%n%ex{full}</pattern></encoder>
              </appender>
              <root level="ALL"><appender-ref ref="CONSOLE"/></root>
            </configuration>
            """;

    private final Secrets secrets = new Secrets();
    private final String managementKey = "management-" + UUID.randomUUID();
    /** Everything that was to be seen, by where. */
    private final Map<String, String> seen = new LinkedHashMap<>();

    private final List<String> issuedByStub = new CopyOnWriteArrayList<>();
    private final List<Process> started = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private SpringAuthorizationServer server;
    private TunnelProxy proxy;
    private HttpServer stub;
    private String stubUrl;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        server = new SpringAuthorizationServer();
        proxy = new TunnelProxy("joe", secret("never asked for"));
        stub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        stub.setExecutor(threads);
        stubUrl = "http://127.0.0.1:" + stub.getAddress().getPort();
        stub.createContext("/api", exchange -> answerAsApi(exchange, true));
        stub.createContext("/never", exchange -> answerAsApi(exchange, false));
        stub.createContext("/token", exchange -> answer(exchange, 200, "application/json", token(3600)));
        stub.createContext("/gossip", this::gossip);
        stub.start();
    }

    @AfterEach
    void stop() throws IOException {
        started.forEach(Process::destroyForcibly);
        stub.stop(0);
        threads.shutdownNow();
        proxy.close();
        server.close();
    }

    /** Characters that each way of writing it down writes in a way of its own. */
    private String secret(String name) {
        String value = "k" + UUID.randomUUID().toString().substring(24) + ":/?+ &%='" + UUID.randomUUID();
        secrets.add(name, value);
        return value;
    }

    private String token(long expiresIn) {
        String token = "stub-" + UUID.randomUUID();
        issuedByStub.add(token);
        return "{\"access_token\":\"" + token + "\",\"token_type\":\"Bearer\",\"expires_in\":" + expiresIn + "}";
    }

    /** Repeats whatever it is sent, in every place where a client might look. */
    private void gossip(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String heard = exchange.getRequestHeaders().getFirst("Authorization") + " " + body + " "
                + URLDecoder.decode(body, StandardCharsets.UTF_8);
        String quoted = heard.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        exchange.getResponseHeaders()
                .set("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"" + quoted + "\"");
        switch (exchange.getRequestURI().getPath()) {
            case "/gossip/error" ->
                answer(
                        exchange,
                        401,
                        "application/json",
                        "{\"error\":\"invalid_client\",\"error_description\":\"" + quoted + "\",\"error_uri\":\""
                                + quoted + "\"}");
            case "/gossip/code" -> answer(exchange, 400, "application/json", "{\"error\":\"" + quoted + "\"}");
            case "/gossip/html" -> answer(exchange, 500, "text/html", "<h1>" + heard + "</h1>");
            case "/gossip/moved" -> {
                exchange.getResponseHeaders()
                        .set("Location", stubUrl + "/elsewhere?" + URLEncoder.encode(heard, StandardCharsets.UTF_8));
                answer(exchange, 302, "text/plain", heard);
            }
            case "/gossip/torn" -> {
                String token = token(60);
                answer(exchange, 200, "application/json", token.substring(0, token.length() - 5) + quoted);
            }
            case "/gossip/odd" ->
                answer(exchange, 200, "application/json", token(60).replace("Bearer", quoted));
            default -> answer(exchange, 200, "application/json", token(-1));
        }
    }

    private void answerAsApi(HttpExchange exchange, boolean content) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String credentials = exchange.getRequestHeaders().getFirst("Authorization") + " "
                + exchange.getRequestHeaders().getFirst("X-Api-Key");
        exchange.getResponseHeaders().set("X-Echo", credentials);
        exchange.getResponseHeaders()
                .set("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"" + credentials + "\"");
        answer(exchange, content ? 200 : 401, "application/json", "{}");
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void target(String name, String path, String... keysAndValues) {
        settings.put("target." + name + ".url", stubUrl + path);
        settings.put("target." + name + ".retry.attempts", "1");
        settings.put("target." + name + ".timeout", "10s");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put("target." + name + "." + keysAndValues[i], keysAndValues[i + 1]);
        }
    }

    private void clientCredentials(String name, String path, Object tokenUrl, String client, String... keysAndValues) {
        target(name, path, "auth", "client-credentials");
        settings.put("target." + name + ".oauth.token-url", tokenUrl.toString());
        settings.put("target." + name + ".oauth.client-id", client);
        target(name, path, keysAndValues);
    }

    private String file(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
        return name;
    }

    private void configure() throws Exception {
        String basic = secret("secret in the configuration");
        server.register(client("basic client")
                .clientSecret(SpringAuthorizationServer.hashed(basic))
                .tokenSettings(TokenSettings.builder()
                        .accessTokenTimeToLive(Duration.ofSeconds(4))
                        .build())
                .build());
        clientCredentials(
                "well-basic", "/api", server.tokenUrl(), "basic client", "oauth.client-secret", escaped(basic));

        String post = secret("secret in a file");
        server.register(client("post-client")
                .clientSecret(SpringAuthorizationServer.hashed(post))
                .clientAuthenticationMethods(Set::clear)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .build());
        clientCredentials(
                "well-post",
                "/api",
                server.tokenUrl(),
                "post-client",
                "oauth.client-auth",
                "post",
                "oauth.client-secret",
                "file:" + file("post.secret", post));

        KeyPair keys = TestPki.ec();
        String der = Base64.getEncoder().encodeToString(keys.getPrivate().getEncoded());
        secrets.add("private key", der).add("private key's first line", der.substring(0, 64));
        secrets.add("private number", ((ECPrivateKey) keys.getPrivate()).getS().toString());
        server.register(client("jwt-client")
                .clientAuthenticationMethods(Set::clear)
                .clientAuthenticationMethod(ClientAuthenticationMethod.PRIVATE_KEY_JWT)
                .clientSettings(ClientSettings.builder()
                        .jwkSetUrl(server.serveKey(
                                        "jwt-client",
                                        new ECKey.Builder(Curve.P_256, (ECPublicKey) keys.getPublic()).build())
                                .toString())
                        .tokenEndpointAuthenticationSigningAlgorithm(SignatureAlgorithm.ES256)
                        .build())
                .build());
        clientCredentials(
                "well-jwt",
                "/api",
                server.tokenUrl(),
                "jwt-client",
                "oauth.issuer",
                server.issuer().toString(),
                "oauth.client-auth",
                "private_key_jwt",
                "oauth.private-key",
                file("key.pem", TestPki.pem("PRIVATE KEY", keys.getPrivate().getEncoded())),
                "oauth.private-key.algorithm",
                "ES256");
        settings.remove("target.well-jwt.oauth.token-url");

        String login = secret("secret in the environment");
        environment.put("LOGIN_SECRET", login);
        server.register(client("login-client")
                .clientSecret(SpringAuthorizationServer.hashed(login))
                .authorizationGrantTypes(Set::clear)
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                .redirectUri("http://127.0.0.1/callback")
                .scope("orders")
                .clientSettings(ClientSettings.builder().requireProofKey(true).build())
                .tokenSettings(TokenSettings.builder()
                        .accessTokenTimeToLive(Duration.ofSeconds(4))
                        .reuseRefreshTokens(false)
                        .build())
                .build());
        target(
                "well-login",
                "/api",
                "auth",
                "authorization-code",
                "oauth.issuer",
                server.issuer().toString(),
                "oauth.client-id",
                "login-client",
                "oauth.client-secret",
                "{{env:LOGIN_SECRET}}",
                "oauth.scope",
                "orders");

        target("well-key", "/api", "auth", "api-key", "api-key.value", escaped(secret("API key")));
        settings.put("target.well-key.api-key.header", "X-Api-Key");
        String password = secret("password of an API");
        secrets.add("password with its user", "joe:" + password);
        target("well-plain", "/api", "auth", "basic", "basic.username", "joe", "basic.password", escaped(password));
        target(
                "well-exchange",
                "/api",
                "auth",
                "token-exchange",
                "oauth.token-url",
                stubUrl + "/token",
                "oauth.client-id",
                "exchange-client",
                "oauth.client-secret",
                escaped(secret("secret for exchanges")));

        clientCredentials(
                "bad-secret",
                "/api",
                server.tokenUrl(),
                "basic client",
                "oauth.client-secret",
                escaped(secret("wrong secret")));
        clientCredentials(
                "bad-token",
                "/never",
                stubUrl + "/token",
                "refused-client",
                "oauth.client-secret",
                escaped(secret("secret behind refused tokens")));
        target("bad-key", "/never", "auth", "api-key", "api-key.value", escaped(secret("refused API key")));
        clientCredentials(
                "bad-proxy",
                "/api",
                server.tokenUrl(),
                "proxied-client",
                "oauth.client-secret",
                escaped(secret("secret behind a proxy")),
                "oauth.proxy",
                "127.0.0.1:" + proxy.port(),
                "oauth.proxy-username",
                "joe",
                "oauth.proxy-password",
                escaped(secret("password of the proxy")));
        for (String kind : List.of("error", "code", "html", "moved", "torn", "odd", "negative")) {
            clientCredentials(
                    "gossip-" + kind,
                    "/api",
                    stubUrl + "/gossip/" + kind,
                    "gossip-client",
                    "oauth.client-auth",
                    "post",
                    "oauth.client-secret",
                    escaped(secret("secret that is repeated by " + kind)),
                    "oauth.parameter.extra",
                    escaped(secret("parameter that is repeated by " + kind)));
        }
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        secrets.add("key of the logins", Base64.getEncoder().encodeToString(key));
        settings.put("tandem.tokens.key", Base64.getEncoder().encodeToString(key));
        settings.put("tandem.tokens.dir", folder.resolve("logins").toString());
        secrets.add("key of the management port", managementKey);
        settings.put("tandem.management.key", managementKey);
        String collector = "collector-" + UUID.randomUUID();
        secrets.add("credential of the collector", collector);
        settings.put("tandem.otlp.authorization", "Bearer " + collector);
        settings.put("tandem.otlp.url", stubUrl + "/gossip/error");
        settings.put("tandem.otlp.metrics", "true");
        settings.put("tandem.otlp.interval", "1s");
        settings.put("tandem.tracing.sample", "1");
        settings.put("tandem.completion", "best-effort");
        settings.put("tandem.http.port", "0");
        settings.put("tandem.management.port", "0");
        settings.put("tandem.inbox.dir", folder.resolve("data/inbox").toString());
        settings.put("tandem.routes", routes().toString());
        write(settings);
        Files.writeString(folder.resolve("logback.xml"), EVERYTHING);
    }

    /** As a properties file wants it. */
    private static String escaped(String value) {
        return value.replace("\\", "\\\\");
    }

    private void write(Map<String, String> all) throws IOException {
        Files.writeString(
                folder.resolve("application.properties"),
                all.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining("\n")));
    }

    /** The project's routes with all of these targets in the scatter-gather. */
    private Path routes() throws IOException {
        Path routes = folder.resolve("routes");
        try (Stream<Path> files = Files.walk(PROJECT.resolve("routes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = routes.resolve(PROJECT.resolve("routes").relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Path scatter = routes.resolve("2-scatter-gather.camel.yaml");
        String first = "              - to: kamelet:deliver/api-one?target=api-one\n";
        String second = "              - to: kamelet:deliver/api-two?target=api-two\n";
        String text = Files.readString(scatter);
        assertThat(text).contains(first, second);
        String lines = settings.keySet().stream()
                .map(Pattern.compile("target\\.([a-z-]+)\\.url")::matcher)
                .filter(Matcher::matches)
                .map(name -> first.replace("api-one", name.group(1)))
                .collect(Collectors.joining());
        Files.writeString(scatter, text.replace(first, lines).replace(second, ""));
        return routes;
    }

    private Process begin(String name, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(PROJECT.resolve("bin/tandem").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".out").toFile());
        builder.environment().putAll(environment);
        builder.environment()
                .put(
                        "TANDEM_JAVA_OPTS",
                        "-XX:TieredStopAtLevel=1 -Dlogback.configurationFile=" + folder.resolve("logback.xml"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private String output(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".out"));
    }

    private int end(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String find(String name, Pattern pattern) throws IOException {
        Matcher matcher = pattern.matcher(output(name));
        return matcher.find() ? matcher.group(1) : "";
    }

    private HttpResponse<String> call(String method, String url, String body, Consumer<HttpRequest.Builder> more)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(PATIENCE)
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        more.accept(request);
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        seen.put(
                seen.size() + ": answer to " + method + " " + url,
                response.statusCode() + " " + response.headers().map() + "\n" + response.body());
        return response;
    }

    @Test
    void nothingSecretIsSeenInAWholeLife() throws Exception {
        configure();

        login();
        assertThat(end(begin("connect", "check", "--connect"))).isEqualTo(1);
        assertThat(output("connect"))
                .contains("well-basic: token ok", "bad-secret: no token", "gossip-error: no token");
        badStarts();
        life();

        Settings loaded = ConfigurationLoader.load(
                ConfigurationSources.of(folder, environment).withFile(folder.resolve("application.properties")));
        seen.put("toString of the settings", loaded.toString());
        loaded.targets().values().forEach(target -> {
            seen.put("toString of " + target.name(), target.toString() + target.auth());
            if (target.auth() instanceof Settings.Auth.OAuth2 oauth2) {
                seen.put(
                        "toString of what is below " + target.name(),
                        Stream.of(
                                        oauth2.oauth().clientSecret(),
                                        oauth2.oauth().privateKey(),
                                        oauth2.oauth().connection().proxy(),
                                        oauth2.oauth().login())
                                .map(String::valueOf)
                                .collect(Collectors.joining("\n")));
            }
        });
        seen.put("toString of the tokens' settings", loaded.tokens().toString());
        files();
        assertNothingIsSeen();
    }

    private void login() throws Exception {
        Process login = begin("login", "login", "well-login", "--no-browser");
        Pattern page = Pattern.compile("(?m)^ +(http\\S+)$");
        String url = await().atMost(PATIENCE).until(() -> find("login", page), found -> !found.isEmpty());
        seen.put(
                "the page after the login",
                SpringAuthorizationServer.logIn(URI.create(url)).body());
        assertThat(end(login)).isZero();

        Process device = begin("device", "login", "well-login", "--device");
        assertThat(end(device)).as("this server has no device logins").isEqualTo(1);
    }

    private void badStarts() throws Exception {
        for (String[] change : new String[][] {
            {"target.well-basic.oauth.client-secrett", secret("secret of a mistyped key")},
            {"tandem.tokens.key", secret("key that is none")},
            {"target.well-basic.oauth.token-url", "http://joe:" + secretOfUrl() + "@127.0.0.1/token"}
        }) {
            Map<String, String> changed = new LinkedHashMap<>(settings);
            changed.put(change[0], change[1]);
            write(changed);
            String name = "bad-start-" + change[0];
            assertThat(end(begin(name, "run"))).as(change[0]).isEqualTo(1);
            assertThat(output(name)).contains(change[0]);
        }
        write(settings);
    }

    private String secretOfUrl() {
        String password = "pw" + UUID.randomUUID();
        secrets.add("password in a URL", password);
        return password;
    }

    private void life() throws Exception {
        String caller = "caller-" + UUID.randomUUID();
        secrets.add("a caller's token", caller);
        Process run = begin("run", "run");
        String base = "http://127.0.0.1:"
                + await().atMost(PATIENCE).until(() -> find("run", HTTP), found -> !found.isEmpty());
        String management = "http://127.0.0.1:" + find("run", MANAGEMENT);
        Consumer<HttpRequest.Builder> json = request -> request.header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + caller)
                .header("Cookie", "session=" + caller);

        // on a busy machine, a first token may take more than one try
        HttpResponse<String> reply = await().atMost(PATIENCE)
                .until(() -> call("POST", base + "/messages", "{\"order\":1}", json), answer -> Stream.of(
                                "basic", "post", "jwt", "login", "key", "plain", "exchange")
                        .allMatch(well -> answer.body().contains("\"well-" + well + "\":{\"outcome\":\"delivered\"")));
        for (String bad : List.of("bad-secret", "bad-proxy", "gossip-error", "gossip-html", "gossip-moved")) {
            assertThat(reply.body()).contains("\"" + bad + "\":{\"outcome\":\"unreachable\"");
        }
        assertThat(reply.body()).contains("\"bad-token\":{\"outcome\":\"rejected\"");
        int before = server.refreshTokens().size();
        await().atMost(PATIENCE).until(() -> server.refreshTokens().size() > before);
        server.revokeAll();
        call("POST", base + "/messages", "{\"order\":2}", json);
        call("POST", base + "/messages", "{", json);
        call("POST", base + "/messages", "{}", request -> request.header("Content-Type", "text/plain; x"));
        call("POST", base + "/messages?access_token=" + caller, "{}", json);
        call("PUT", base + "/messages", "{}", json);
        call("GET", base + "/nowhere?access_token=" + caller, "", json);
        for (String page : List.of("/", "/docs", "/docs/", "/openapi.json", "/messages")) {
            call("GET", base + page, "", json);
        }
        for (String page : List.of("", "/health", "/health/ready", "/health/live", "/metrics")) {
            call("GET", management + "/observe" + page, "", json);
        }
        HttpResponse<String> level = call(
                "PUT",
                management + "/observe/log-levels/well-basic",
                "debug",
                request -> request.header("Authorization", "Bearer " + managementKey));
        assertThat(level.statusCode()).isEqualTo(204);
        call("PUT", management + "/observe/log-levels/well-basic", "debug", json);
        Path reply2 = folder.resolve("data/replies/order.json.reply.json");
        Files.writeString(folder.resolve("data/inbox/order.json"), "{\"order\":3}");
        await().atMost(PATIENCE).until(() -> Files.exists(reply2));

        run.destroy();
        assertThat(end(run)).isZero();
        // it does log everything: else all this would prove nothing
        assertThat(output("run"))
                .contains(
                        "DEBUG io.tandem.oauth2.TokenSource",
                        "WARN io.tandem.oauth2.TokenSource No token for 'bad-secret'",
                        "INFO io.tandem.access",
                        "DEBUG org.apache.hc.client5.http.impl",
                        "TRACE org.apache.camel");
    }

    /** All that was written to the disk, but what this test has written itself. */
    private void files() throws IOException {
        Set<String> own = Set.of("application.properties", "post.secret", "key.pem", "logback.xml");
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !own.contains(file.getFileName().toString()))
                    .forEach(file -> {
                        try {
                            seen.put(
                                    folder.relativize(file).toString(),
                                    Files.readString(file, StandardCharsets.ISO_8859_1));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
        assertThat(seen).containsKeys("run.out", "connect.out", "login.out", "logins/well-login.login");
    }

    private void assertNothingIsSeen() {
        secrets.addAll("access token", server.accessTokens());
        secrets.addAll("refresh token", server.refreshTokens());
        secrets.addAll("proof of a client", server.proofs());
        secrets.addAll("token of the stub", issuedByStub);
        assertThat(server.accessTokens()).hasSizeGreaterThan(4);
        assertThat(server.refreshTokens()).hasSizeGreaterThan(1);
        assertThat(server.proofs()).hasSizeGreaterThan(6);
        assertThat(issuedByStub).hasSizeGreaterThan(3);
        // that it finds what it looks for
        assertThat(secrets.in(Base64.getEncoder()
                        .encodeToString(("me:" + issuedByStub.get(0) + "!").getBytes(StandardCharsets.UTF_8))))
                .isNotEmpty();

        SoftAssertions all = new SoftAssertions();
        seen.forEach((where, text) -> all.assertThat(secrets.in(text)).as(where).isEmpty());
        all.assertAll();
    }
}
