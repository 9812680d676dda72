package io.tandem.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tandem.journal.DeliveryState;
import io.tandem.journal.MessageState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.Charset;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem replay}: has undelivered deliveries tried again. */
@Command(
        name = "replay",
        description = {
            "Has what was not delivered tried again: of one message, or of all that were given up.",
            "Says first what that would be, and does it with --yes, or when it is told to on a terminal."
        },
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    /** Enough for the journal to write many at a time; the targets are protected by Tandem itself. */
    private static final int AT_ONCE = 16;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClientOptions options;

    @Nullable
    @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "The id of one message.")
    private String id;

    @Option(names = "--dead", description = "All messages with a delivery that was given up.")
    private boolean dead;

    @Nullable
    @Option(names = "--target", paramLabel = "TARGET", description = "Only the deliveries to this target.")
    private String target;

    @Nullable
    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "With --dead: only messages of the last 30m, 2h, 3d...")
    private Duration since;

    @Option(names = "--yes", description = "Does it without asking.")
    private boolean yes;

    @Option(names = "--json", description = "A line of JSON for each message; asks nothing.")
    private boolean json;

    /** A message, and those of its deliveries that are to be tried again. */
    private record Replay(String id, List<String> targets) {}

    ReplayCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (dead == (id != null)) {
            throw new ParameterException(spec.commandLine(), "give the ID of a message, or --dead");
        }
        if (since != null && !dead) {
            throw new ParameterException(spec.commandLine(), "--since goes with --dead");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            TandemClient client = options.client();
            List<Replay> replays = id == null ? allDead(client) : one(client, id);
            if (!json) {
                say(replays, out);
            }
            if (replays.isEmpty()) {
                return TandemCommand.DONE;
            }
            if (!yes && !isTold(err)) {
                if (json) {
                    replays.forEach(replay -> out.println(line(replay, false)));
                } else {
                    out.println("Nothing was done" + (surroundings.terminal() ? "." : ": add --yes to do it."));
                }
                return TandemCommand.DONE;
            }
            return perform(client, replays, out, err);
        } finally {
            out.flush();
            err.flush();
        }
    }

    private List<Replay> one(TandemClient client, String message) {
        JsonNode document = client.get(MessagePaths.message(message));
        JsonNode deliveries = document.path("deliveries");
        if (target != null && !deliveries.has(target)) {
            List<String> names = new ArrayList<>();
            deliveries.fieldNames().forEachRemaining(names::add);
            throw new ClientException(
                    "the message has no target '" + target + "'; it has: " + Text.printable(String.join(", ", names)));
        }
        List<String> targets = targets(
                document,
                delivery -> !delivery.path("inFlight").asBoolean()
                        && (isIn(DeliveryState.DEAD, delivery) || isIn(DeliveryState.PENDING, delivery)));
        return targets.isEmpty()
                ? List.of()
                : List.of(new Replay(document.path("id").asText(message), targets));
    }

    /** Oldest first, so that they come in their order where there is one. */
    private List<Replay> allDead(TandemClient client) {
        Instant from = since == null ? null : Clock.systemUTC().instant().minus(since);
        // most have the same targets: one list for all of them
        Map<List<String>, List<String>> known = new HashMap<>();
        Map<String, Replay> found = new HashMap<>();
        // with a target, dead means the delivery to it, whatever became of the others
        List<MessageState> states =
                target == null ? List.of(MessageState.DEAD, MessageState.PARTIAL) : List.of(MessageState.DEAD);
        for (MessageState state : states) {
            new MessagePages(client, state.word(), target, from).forEach(Long.MAX_VALUE, message -> {
                List<String> targets = targets(message, delivery -> isIn(DeliveryState.DEAD, delivery));
                if (!targets.isEmpty()) {
                    String messageId = message.path("id").asText();
                    found.put(messageId, new Replay(messageId, known.computeIfAbsent(targets, same -> same)));
                }
                return true;
            });
        }
        return found.values().stream().sorted(Comparator.comparing(Replay::id)).toList();
    }

    private List<String> targets(JsonNode message, Predicate<JsonNode> which) {
        List<String> targets = new ArrayList<>(2);
        for (Map.Entry<String, JsonNode> delivery : message.path("deliveries").properties()) {
            if ((target == null || target.equals(delivery.getKey())) && which.test(delivery.getValue())) {
                targets.add(delivery.getKey());
            }
        }
        return targets;
    }

    private static boolean isIn(DeliveryState state, JsonNode delivery) {
        return state.word().equals(delivery.path("state").asText());
    }

    private static void say(List<Replay> replays, PrintWriter out) {
        if (replays.isEmpty()) {
            out.println("There is nothing to try again.");
            return;
        }
        Map<String, Integer> counts = new TreeMap<>();
        replays.forEach(replay -> replay.targets().forEach(name -> counts.merge(name, 1, Integer::sum)));
        out.println(counted(replays) + " to try again:");
        counts.forEach((name, count) -> out.println("  " + Text.printable(name) + ": " + count));
        out.flush();
    }

    private boolean isTold(PrintWriter err) {
        if (json || !surroundings.terminal()) {
            return false;
        }
        err.print("Try again now? [y/N] ");
        err.flush();
        try {
            String answer =
                    new BufferedReader(new InputStreamReader(surroundings.in(), Charset.defaultCharset())).readLine();
            return answer != null && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
        } catch (IOException e) {
            throw new UncheckedIOException("the answer can't be read", e);
        }
    }

    private int perform(TandemClient client, List<Replay> replays, PrintWriter out, PrintWriter err) {
        Performance performance = new Performance(client, out);
        try (ProgressBar bar =
                new ProgressBar(err, surroundings.terminal() && !json && replays.size() > 1, replays.size())) {
            for (Replay replay : replays) {
                performance.begin(replay);
                bar.at(performance.ended());
            }
            performance.await();
            bar.at(performance.ended());
        } catch (ClientException e) {
            performance.refused(String.valueOf(e.getMessage()));
        }
        if (!json) {
            out.println(counted(performance.done) + " will be tried again now.");
        }
        if (performance.reason != null) {
            out.flush();
            err.println("%d of %d could not be had tried again: %s"
                    .formatted(replays.size() - performance.done.size(), replays.size(), performance.reason));
            return TandemCommand.FAILED;
        }
        return TandemCommand.DONE;
    }

    /** Some calls at a time; their answers are looked at in the order of the calls. */
    private final class Performance {
        private final TandemClient client;
        private final PrintWriter out;
        private final Deque<Replay> called = new ArrayDeque<>();
        private final Deque<CompletableFuture<TandemClient.Reply>> calls = new ArrayDeque<>();
        private final List<Replay> done = new ArrayList<>();
        private int refused;

        @Nullable
        private String reason;

        Performance(TandemClient client, PrintWriter out) {
            this.client = client;
            this.out = out;
        }

        int ended() {
            return done.size() + refused;
        }

        void begin(Replay replay) {
            if (calls.size() == AT_ONCE) {
                next();
            }
            ObjectNode body = JSON.createObjectNode();
            ArrayNode targets = body.putArray("targets");
            replay.targets().forEach(targets::add);
            called.add(replay);
            calls.add(client.postAsync(
                    MessagePaths.replay(replay.id()),
                    BodyPublishers.ofString(body.toString()),
                    Map.of("Content-Type", "application/json")));
        }

        void await() {
            while (!calls.isEmpty()) {
                next();
            }
        }

        void refused(String why) {
            refused++;
            reason = reason == null ? why : reason;
        }

        private void next() {
            Replay replay = called.remove();
            TandemClient.Reply reply;
            try {
                reply = calls.remove().join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof ClientException known) {
                    throw known;
                }
                throw e;
            }
            if (reply.ok()) {
                done.add(replay);
            } else {
                refused(reply.reason());
            }
            if (json) {
                out.println(line(replay, reply.ok()));
            }
        }
    }

    private static String counted(List<Replay> replays) {
        long deliveries =
                replays.stream().mapToLong(replay -> replay.targets().size()).sum();
        return Text.counted(deliveries, "delivery") + " of " + Text.counted(replays.size(), "message");
    }

    private static String line(Replay replay, boolean done) {
        ObjectNode line = JSON.createObjectNode().put("id", replay.id());
        ArrayNode targets = line.putArray("targets");
        replay.targets().forEach(targets::add);
        return line.put("replayed", done).toString();
    }
}
