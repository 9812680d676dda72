package io.tandem.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real Keycloak in a process of its own, on a free port of loopback, with the realm of {@code
 * keycloak/tandem-realm.json}. Its data live in memory and end with it.
 */
final class Keycloak implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofMinutes(5);
    private static final String ADMIN = "tandem-tests";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String adminSecret = UUID.randomUUID().toString();
    private final Path log;
    private final URI base;
    private final Process process;
    private final Thread lastResort;

    private Keycloak(Path home) throws IOException {
        int port = freePort();
        base = URI.create("http://127.0.0.1:" + port);
        log = home.resolveSibling("keycloak.log");
        Path realms = Files.createDirectories(home.resolve("data/import"));
        try (InputStream realm = Keycloak.class.getResourceAsStream("/keycloak/tandem-realm.json")) {
            Files.copy(
                    Objects.requireNonNull(realm),
                    realms.resolve("tandem-realm.json"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        ProcessBuilder builder = new ProcessBuilder(
                "bash",
                home.resolve("bin/kc.sh").toString(),
                "start-dev",
                "--db=dev-mem",
                "--cache=local",
                "--import-realm",
                "--http-host=127.0.0.1",
                "--http-port=" + port);
        Map<String, String> environment = builder.environment();
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m");
        environment.put("KC_BOOTSTRAP_ADMIN_CLIENT_ID", ADMIN);
        environment.put("KC_BOOTSTRAP_ADMIN_CLIENT_SECRET", adminSecret);
        process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        lastResort = new Thread(this::kill);
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** Starts one and waits until it serves the realm. */
    static Keycloak start(Path home) throws IOException {
        Keycloak keycloak = new Keycloak(home);
        try {
            Awaitility.await("Keycloak's start, see " + keycloak.log)
                    .atMost(START)
                    .pollInterval(Duration.ofMillis(250))
                    .failFast("Keycloak ended, see " + keycloak.log, () -> !keycloak.process.isAlive())
                    .until(keycloak::serves);
        } catch (RuntimeException e) {
            keycloak.close();
            throw e;
        }
        return keycloak;
    }

    private boolean serves() throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(issuer() + "/.well-known/openid-configuration"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The realm's issuer. */
    URI issuer() {
        return base.resolve("/realms/tandem");
    }

    /** The realm's token endpoint. */
    URI tokenUrl() {
        return base.resolve("/realms/tandem/protocol/openid-connect/token");
    }

    /** Whether the realm takes this access token, by its introspection endpoint (RFC 7662). */
    boolean active(String token) {
        HttpResponse<String> response = send(form(
                base.resolve("/realms/tandem/protocol/openid-connect/token/introspect"),
                Map.of("token", token, "client_id", "api", "client_secret", "secret of the api")));
        return read(response).path("active").asBoolean();
    }

    /** How many events of a kind the realm has recorded for a client. */
    int events(String type, String clientId) {
        return admin("GET", "/events?max=100000&type=" + type + "&client=" + encoded(clientId), null)
                .size();
    }

    /** Alters a client's settings. */
    void client(String clientId, Consumer<ObjectNode> change) {
        JsonNode found = admin("GET", "/clients?clientId=" + encoded(clientId), null);
        ObjectNode client = (ObjectNode) Objects.requireNonNull(found.get(0), clientId);
        change.accept(client);
        admin("PUT", "/clients/" + client.get("id").asText(), client);
    }

    /** Ends all of a user's sessions. */
    void logOut(String username) {
        JsonNode found = admin("GET", "/users?exact=true&username=" + encoded(username), null);
        admin("POST", "/users/" + found.get(0).get("id").asText() + "/logout", null);
    }

    /** Access tokens issued in an earlier second than this one are no longer good. */
    void revokeAllTokens() {
        admin("PUT", "", JSON.createObjectNode().put("notBefore", System.currentTimeMillis() / 1000));
    }

    /** A new RSA key that signs from now on; the ones before still verify. */
    void addSigningKey(long priority) {
        ObjectNode provider = JSON.createObjectNode()
                .put("name", "rsa-" + priority)
                .put("providerId", "rsa-generated")
                .put("providerType", "org.keycloak.keys.KeyProvider");
        ObjectNode config = provider.putObject("config");
        config.putArray("priority").add(Long.toString(priority));
        config.putArray("enabled").add("true");
        config.putArray("active").add("true");
        config.putArray("algorithm").add("RS256");
        admin("POST", "/components", provider);
    }

    /** RSA signing keys of a lower priority neither sign nor verify any more. */
    void disableSigningKeysBelow(long priority) {
        for (JsonNode provider : admin("GET", "/components?type=org.keycloak.keys.KeyProvider", null)) {
            ObjectNode config = (ObjectNode) provider.path("config");
            if (provider.path("providerId").asText().equals("rsa-generated")
                    && config.path("priority").path(0).asLong() < priority) {
                config.putArray("enabled").add("false");
                config.putArray("active").add("false");
                admin("PUT", "/components/" + provider.get("id").asText(), provider);
            }
        }
    }

    private JsonNode admin(String method, String path, JsonNode body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/admin/realms/tandem" + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + adminToken())
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.toString()));
        return read(send(request.build()));
    }

    private String adminToken() {
        HttpResponse<String> response = send(form(
                base.resolve("/realms/master/protocol/openid-connect/token"),
                Map.of("grant_type", "client_credentials", "client_id", ADMIN, "client_secret", adminSecret)));
        return read(response).get("access_token").asText();
    }

    private static HttpRequest form(URI url, Map<String, String> parameters) {
        String body = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
                .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(url)
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode read(HttpResponse<String> response) {
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(response + ": " + response.body());
        }
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void kill() {
        // the script may have started the JVM or become it
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
        kill();
        try {
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(lastResort);
    }
}
