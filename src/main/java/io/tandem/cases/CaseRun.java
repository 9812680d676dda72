package io.tandem.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.tandem.cases.Case.Body;
import io.tandem.cases.Case.Expected;
import io.tandem.message.TraceContext;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One step of a case, run once on a {@link Stage}, after those before it. For one thread. */
final class CaseRun {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** For what may still be under way when an answer that waited for all of it is there. */
    private static final Duration AFTERMATH = Duration.ofMillis(500);

    /** In a path, the id of the message that was sent last. */
    private static final String MESSAGE_ID = "{id}";

    private static final String SINGLE_REPLY = ".reply.json";
    private static final String REPLY_LINES = ".reply.ndjson";
    private static final int ACCEPTED = 202;
    private static final long POLL_MILLIS = 20;

    private final Case.Step running;
    private final Stage stage;
    private final HttpClient client;
    private final History history;
    private final CaseTargets targets;
    private final List<Difference> differences = new ArrayList<>();
    private final long end;
    private String answer = "";

    /** What the steps of a case know of those before them. */
    private static final class History {
        /** By which requests at targets are known to be of this case. */
        private final List<String> traces = new ArrayList<>();

        /** Of the message that was sent last; empty when none was. */
        private String messageId = "";
    }

    private CaseRun(Case.Step running, Stage stage, HttpClient client, History history) {
        this.running = running;
        this.stage = stage;
        this.client = client;
        this.history = history;
        this.targets = new CaseTargets(running.targets());
        this.end = System.nanoTime() + expected().within().toNanos();
    }

    /** Runs the steps of a case, up to the first in which something is not as expected. */
    static CaseResult run(Case running, Stage stage, HttpClient client) throws InterruptedException {
        long start = System.nanoTime();
        List<Difference> differences = absent(running, stage);
        History history = new History();
        String answer = "";
        for (int i = 0; i < running.steps().size() && differences.isEmpty(); i++) {
            CaseRun run = new CaseRun(running.steps().get(i), stage, client, history);
            run.run();
            answer = run.answer;
            String where = running.steps().size() == 1 ? "" : "step " + (i + 1) + ": ";
            differences = run.differences.stream()
                    .map(difference ->
                            new Difference(where + difference.where(), difference.expected(), difference.actual()))
                    .toList();
        }
        return new CaseResult(running, Duration.ofNanos(System.nanoTime() - start), differences, answer);
    }

    /** Targets that are not there: nothing else would be worth knowing. */
    private static List<Difference> absent(Case running, Stage stage) {
        return running.targets().stream()
                .filter(name -> !stage.targets().contains(name))
                .map(name -> new Difference(
                        "target " + name, "one of " + String.join(", ", stage.targets()), "it is not configured"))
                .toList();
    }

    private void run() throws InterruptedException {
        try {
            // what the messages of the steps before it still cause belongs to this one
            history.traces.forEach(trace -> stage.join(trace, targets));
            if (running.input() instanceof Case.Request request) {
                send(request);
            } else if (running.input() instanceof Case.Drop drop) {
                drop(drop);
            }
        } catch (IOException | IllegalArgumentException e) {
            // the latter: the JDK's client does not let everybody set every header
            differences.add(new Difference("the case", "to run", String.valueOf(e.getMessage())));
        }
    }

    private Expected expected() {
        return running.expected();
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }

    private void send(Case.Request request) throws IOException, InterruptedException {
        TraceContext trace = TraceContext.root();
        history.traces.add(trace.traceId());
        stage.join(trace.traceId(), targets);
        HttpRequest.Builder call = HttpRequest.newBuilder(
                        stage.uri(request.path().replace(MESSAGE_ID, history.messageId)))
                .method(request.method(), BodyPublishers.ofByteArray(request.body()))
                .timeout(left());
        call.setHeader("traceparent", trace.header());
        request.headers().forEach(call::setHeader);
        HttpResponse<byte[]> response;
        try {
            response = client.send(call.build(), BodyHandlers.ofByteArray());
        } catch (HttpTimeoutException e) {
            differences.add(new Difference("answer", "within " + expected().within(), "nothing"));
            return;
        }
        response.headers().firstValue("Tandem-Message-Id").ifPresent(id -> history.messageId = id);
        answer = new String(response.body(), StandardCharsets.UTF_8);
        compareAnswer(response);
        compareMessage();
        boolean goesOn = response.statusCode() == ACCEPTED || expected().message() != null;
        differences.addAll(targets.differences(goesOn ? left() : AFTERMATH));
    }

    private void compareAnswer(HttpResponse<byte[]> response) {
        Integer status = expected().status();
        if (status != null && status != response.statusCode()) {
            differences.add(new Difference("status", status.toString(), String.valueOf(response.statusCode())));
        }
        expected().headers().forEach((name, pattern) -> {
            List<String> values = response.headers().allValues(name);
            JsonNode actual = values.isEmpty() ? JSON.missingNode() : TextNode.valueOf(String.join(", ", values));
            differences.addAll(JsonMatch.compare("header " + name, actual, pattern, JsonMatch.Mode.EXACT));
        });
        Body body = expected().body();
        if (body != null) {
            differences.addAll(JsonMatch.compare("body ", StubRequest.json(response.body()), body.json(), body.mode()));
        }
    }

    /** The journal is asked until it says what is expected, or time is over. */
    private void compareMessage() throws IOException, InterruptedException {
        JsonNode pattern = expected().message();
        if (pattern == null) {
            return;
        }
        HttpRequest call = HttpRequest.newBuilder(stage.uri("/messages/" + history.messageId))
                .build();
        List<Difference> found;
        do {
            HttpResponse<byte[]> message = client.send(call, BodyHandlers.ofByteArray());
            found = JsonMatch.compare("message ", StubRequest.json(message.body()), pattern, JsonMatch.Mode.SUBSET);
        } while (!found.isEmpty() && pause());
        differences.addAll(found);
    }

    private void drop(Case.Drop drop) throws IOException, InterruptedException {
        stage.joinAlone(targets);
        Path inbox = Files.createDirectories(stage.inbox());
        Path done = inbox.resolveSibling("done").resolve(drop.name());
        Path failed = inbox.resolveSibling("failed").resolve(drop.name());
        Path retry = inbox.resolveSibling("failed").resolve(drop.name() + ".retry.ndjson");
        Path replies = inbox.resolveSibling("replies");
        // of a step before that has dropped a file of the same name
        for (Path earlier : List.of(
                done,
                failed,
                retry,
                replies.resolve(drop.name() + SINGLE_REPLY),
                replies.resolve(drop.name() + REPLY_LINES))) {
            Files.deleteIfExists(earlier);
        }
        Path hidden = inbox.resolve("." + drop.name());
        Files.write(hidden, drop.content());
        Files.move(hidden, inbox.resolve(drop.name()), StandardCopyOption.ATOMIC_MOVE);
        if (!await(() -> Files.exists(done) || Files.exists(failed))) {
            differences.add(new Difference(
                    "file", "in done or failed within " + expected().within(), "not there yet"));
            return;
        }
        String in = Files.exists(done) ? "done" : "failed";
        if (expected().folder() != null && !in.equals(expected().folder())) {
            differences.add(new Difference("file in", expected().folder(), in));
        }
        compareReplies(replies, drop.name());
        List<JsonNode> retried = expected().retry();
        if (retried != null) {
            ArrayNode pattern = JSON.createArrayNode().addAll(retried);
            differences.addAll(JsonMatch.compare("retry file ", lines(retry), pattern, JsonMatch.Mode.SUBSET));
        }
        differences.addAll(targets.differences(AFTERMATH));
    }

    private void compareReplies(Path folder, String name) throws IOException {
        Path single = folder.resolve(name + SINGLE_REPLY);
        Path several = folder.resolve(name + REPLY_LINES);
        JsonNode actual = Files.exists(single) ? StubRequest.json(Files.readAllBytes(single)) : lines(several);
        answer = actual.toString();
        Body reply = expected().reply();
        if (reply != null) {
            differences.addAll(JsonMatch.compare("reply file ", actual, reply.json(), reply.mode()));
        }
    }

    /** No lines when there is no such file. */
    private static ArrayNode lines(Path file) throws IOException {
        ArrayNode lines = JSON.createArrayNode();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                lines.add(JSON.readTree(line));
            }
        }
        return lines;
    }

    private boolean await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            if (!pause()) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is time left after a moment's rest. */
    private boolean pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        return System.nanoTime() < end;
    }
}
