package io.tandem.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.HashedWheelTimer;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import io.tandem.message.Delivery;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Outcome;
import io.tandem.message.ProblemType;
import io.tandem.message.Span;
import io.tandem.message.TraceContext;
import io.tandem.support.Ignored;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever breaks on the way: a delivery has an end. */
class BrokenDeliveryTest {
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final HashedWheelTimer timer = new HashedWheelTimer();

    @AfterEach
    void stop() {
        timer.stop();
        executor.shutdownNow();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("throws an exception", () -> {
                    throw new IllegalStateException("broken");
                }),
                fault("throws an error", () -> {
                    throw new StackOverflowError();
                }),
                fault("is no authorization", () -> null),
                fault(
                        "throws later",
                        () -> CompletableFuture.supplyAsync(
                                () -> new Authorizer.Authorization("not a header name\n", "value", null))));
    }

    private static Arguments fault(String name, Supplier<CompletionStage<Authorizer.Authorization>> authorization) {
        return Arguments.of(Named.of(name, authorization));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void deliveryFailsWhenAuthorizer(Supplier<CompletionStage<Authorizer.Authorization>> authorization)
            throws Exception {
        Settings.Target target = ConfigurationLoader.load(ConfigurationSources.of(Path.of("target"), Map.of())
                        .withOverrides(Map.of(
                                "target.api-one.url",
                                "http://127.0.0.1:1/",
                                "target.api-two.url",
                                "http://127.0.0.1:1/")))
                .targets()
                .get("api-one");
        Authorizer broken = new Authorizer() {
            @Override
            public CompletionStage<Authorizer.Authorization> authorization(Message message) {
                return authorization.get();
            }

            @Override
            public boolean reject(Authorization used, int status, String challenge) {
                return false;
            }
        };
        MessageObserver observer = new Ignored();
        try (TargetClient client = new BlockingClient(target, new ReplyMemory(1 << 20));
                DefaultCamelContext context = new DefaultCamelContext()) {
            context.getRegistry()
                    .bind(
                            "deliver",
                            new DeliveryPolicy(
                                    target,
                                    new TargetParts(
                                            client, broken, new TargetGuard(target.name(), target.protection())),
                                    new DeliveryRuntime(observer, executor, timer)));
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:deliver").policy("deliver").process(exchange -> {
                        if (exchange.getMessage().getHeaders().containsKey("not a header name\n")) {
                            throw new LinkageError("broken");
                        }
                    });
                }
            });
            context.start();
            Message message =
                    Message.create("test", Map.of(), Span.unrecorded(TraceContext.root()), Duration.ofSeconds(20));
            Future<Exchange> reply = context.createFluentProducerTemplate()
                    .to("direct:deliver")
                    .withExchangeProperty(Message.PROPERTY, message)
                    .withBody("body".getBytes(StandardCharsets.UTF_8))
                    .asyncSend();

            Delivery delivery = reply.get(10, TimeUnit.SECONDS).getMessage().getBody(Delivery.class);
            assertThat(delivery.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(delivery.problem().type()).isEqualTo(ProblemType.TARGET_ROUTE_FAILED);
        }
    }
}
