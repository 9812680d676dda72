package io.tandem.journal;

import com.github.f4b6a3.ulid.UlidCreator;
import io.tandem.config.Settings;
import io.tandem.message.Answer;
import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What journals are fed with. */
final class Samples {
    static final String ONE = "api-one";
    static final String TWO = "api-two";
    static final Set<String> BOTH = Set.of(ONE, TWO);
    static final Set<String> NONE = Set.of();
    static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private Samples() {}

    static Settings.Journal settings(Settings.Database database) {
        return new Settings.Journal(
                database, false, false, 1_000_000, 1 << 20, 64 << 10, Duration.ofDays(3), Duration.ofDays(30));
    }

    static Settings.Database.Embedded sqlite(Path folder) {
        return new Settings.Database.Embedded(folder.resolve("tandem.db"));
    }

    /** Target two is not idempotent. An instance is soon taken for dead. */
    static Journals.Terms terms(Clock clock) {
        return terms(clock, Duration.ofSeconds(2));
    }

    /** @param lease how long an instance may be silent */
    static Journals.Terms terms(Clock clock, Duration lease) {
        return new Journals.Terms(
                Map.of(ONE, true, TWO, false),
                Duration.ofMillis(500),
                lease,
                Duration.ofMillis(500),
                Duration.ofMillis(50),
                clock);
    }

    static byte[] body(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String id() {
        return UlidCreator.getMonotonicUlid().toString();
    }

    /** A message to both targets, with a body of its own. */
    static NewMessage message(Set<String> taken) {
        String id = id();
        return message(id, null, "{\"id\":\"" + id + "\"}", taken);
    }

    static NewMessage message(@Nullable String key, String body, Set<String> taken) {
        return message(id(), key, body, taken);
    }

    static NewMessage message(String id, @Nullable String key, String body, Set<String> taken) {
        return new NewMessage(
                id,
                "http",
                key,
                body(body),
                "application/json",
                Map.of("X-Customer", "Müller \"&\" Söhne"),
                TRACE,
                BOTH,
                taken);
    }

    static DeliveryRecord delivered(String target) {
        Delivery delivery = new Delivery(
                target,
                Outcome.DELIVERED,
                201,
                Duration.ofNanos(12_345_678),
                2,
                ReplyBody.of(body("{\"from\":\"" + target + "\"}"), "application/json"),
                null,
                null);
        return new DeliveryRecord(delivery, DeliveryState.DELIVERED, null);
    }

    static DeliveryRecord dead(String target) {
        Delivery delivery = new Delivery(
                target,
                Outcome.REJECTED,
                422,
                Duration.ofMillis(7),
                1,
                ReplyBody.of(new byte[] {1, 2, 3}, "application/octet-stream"),
                new Problem(ProblemType.TARGET_REJECTED, 422, "It said no: \u00e9\u0000."),
                null);
        return new DeliveryRecord(delivery, DeliveryState.DEAD, null);
    }

    static DeliveryRecord skipped(String target) {
        Delivery delivery = new Delivery(target, Outcome.SKIPPED, 0, Duration.ZERO, 0, null, null, null);
        return new DeliveryRecord(delivery, DeliveryState.SKIPPED, null);
    }

    static DeliveryRecord retried(String target, Instant next) {
        Delivery delivery = new Delivery(
                target,
                Outcome.UNREACHABLE,
                0,
                Duration.ofMillis(3),
                3,
                null,
                Problem.of(ProblemType.TARGET_UNREACHABLE, null),
                Duration.ofSeconds(30));
        return new DeliveryRecord(delivery, DeliveryState.PENDING, next);
    }

    static Answer answer(String text) {
        return new Answer(207, "application/json", "partial", "api-one;dur=12, api-two;dur=7", body(text));
    }

    /** The result; what it failed with is thrown. */
    static <T extends @Nullable Object> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
