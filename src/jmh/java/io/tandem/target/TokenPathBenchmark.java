package io.tandem.target;

import com.sun.net.httpserver.HttpServer;
import io.tandem.message.Message;
import io.tandem.message.Span;
import io.tandem.message.TraceContext;
import io.tandem.oauth2.ClientAuth;
import io.tandem.oauth2.Grant;
import io.tandem.oauth2.Token;
import io.tandem.oauth2.TokenEndpoint;
import io.tandem.oauth2.TokenEvents;
import io.tandem.oauth2.TokenParameters;
import io.tandem.oauth2.TokenPolicy;
import io.tandem.oauth2.TokenSettings;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenSources;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a token costs per message when one is at hand, by one thread and by eight that share the source: without a lock,
 * threads don't keep each other waiting.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TokenPathBenchmark {
    private HttpServer server;
    private TokenSources sources;
    private TokenSource source;
    private Authorizer authorizer;
    private final Message message =
            Message.create("http", Map.of(), Span.unrecorded(TraceContext.root()), Duration.ofHours(1));

    @Setup
    public void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] answer = "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":3600}"
                .getBytes(StandardCharsets.UTF_8);
        server.createContext("/token", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        server.start();
        sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE);
        source = sources.source(
                "api-one",
                new TokenSettings(
                        TokenEndpoint.of(URI.create(
                                "http://127.0.0.1:" + server.getAddress().getPort() + "/token")),
                        new ClientAuth.Basic("tandem", () -> "secret"),
                        new Grant.ClientCredentials(),
                        TokenParameters.NONE));
        source.token().toCompletableFuture().get(10, TimeUnit.SECONDS);
        authorizer = new TokenAuthorizer(source, new RejectedStatuses(Set.of(401)));
    }

    @TearDown
    public void stop() {
        sources.close();
        server.stop(0);
    }

    @Benchmark
    public Token current() {
        return source.current();
    }

    @Benchmark
    public CompletionStage<Token> token() {
        return source.token();
    }

    @Benchmark
    public Object authorization() {
        return authorizer.authorization(message);
    }

    @Benchmark
    @Threads(8)
    public Token currentByEight() {
        return source.current();
    }

    @Benchmark
    @Threads(8)
    public Object authorizationByEight() {
        return authorizer.authorization(message);
    }
}
