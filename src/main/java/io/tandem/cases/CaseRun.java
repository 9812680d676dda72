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

/** One case, run once on a {@link Stage}. For one thread. */
final class CaseRun {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** For what may still be under way when an answer that waited for all of it is there. */
    private static final Duration AFTERMATH = Duration.ofMillis(500);

    private static final int ACCEPTED = 202;
    private static final long POLL_MILLIS = 20;

    private final Case running;
    private final Stage stage;
    private final HttpClient client;
    private final CaseTargets targets;
    private final List<Difference> differences = new ArrayList<>();
    private final long end;
    private String answer = "";

    private CaseRun(Case running, Stage stage, HttpClient client) {
        this.running = running;
        this.stage = stage;
        this.client = client;
        this.targets = new CaseTargets(running);
        this.end = System.nanoTime() + expected().within().toNanos();
    }

    static CaseResult run(Case running, Stage stage, HttpClient client) throws InterruptedException {
        long start = System.nanoTime();
        CaseRun run = new CaseRun(running, stage, client);
        try {
            if (!run.targetsAreThere()) {
                // nothing else would be worth knowing
            } else if (running.input() instanceof Case.Request request) {
                run.send(request);
            } else if (running.input() instanceof Case.Drop drop) {
                run.drop(drop);
            }
        } catch (IOException | IllegalArgumentException e) {
            // the latter: the JDK's client does not let everybody set every header
            run.differences.add(new Difference("the case", "to run", String.valueOf(e.getMessage())));
        }
        return new CaseResult(
                running, Duration.ofNanos(System.nanoTime() - start), List.copyOf(run.differences), run.answer);
    }

    private boolean targetsAreThere() {
        running.targets().keySet().stream()
                .filter(name -> !stage.targets().contains(name))
                .sorted()
                .forEach(name -> differences.add(new Difference(
                        "target " + name, "one of " + String.join(", ", stage.targets()), "it is not configured")));
        return differences.isEmpty();
    }

    private Expected expected() {
        return running.expected();
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }

    private void send(Case.Request request) throws IOException, InterruptedException {
        TraceContext trace = TraceContext.root();
        stage.join(trace.traceId(), targets);
        HttpRequest.Builder call = HttpRequest.newBuilder(stage.uri(request.path()))
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
        answer = new String(response.body(), StandardCharsets.UTF_8);
        compareAnswer(response);
        compareMessage(response);
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
    private void compareMessage(HttpResponse<byte[]> response) throws IOException, InterruptedException {
        JsonNode pattern = expected().message();
        if (pattern == null) {
            return;
        }
        String id = response.headers().firstValue("Tandem-Message-Id").orElse("");
        HttpRequest call = HttpRequest.newBuilder(stage.uri("/messages/" + id)).build();
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
        Path hidden = inbox.resolve("." + drop.name());
        Files.write(hidden, drop.content());
        Files.move(hidden, inbox.resolve(drop.name()), StandardCopyOption.ATOMIC_MOVE);
        Path done = inbox.resolveSibling("done").resolve(drop.name());
        Path failed = inbox.resolveSibling("failed").resolve(drop.name());
        if (!await(() -> Files.exists(done) || Files.exists(failed))) {
            differences.add(new Difference(
                    "file", "in done or failed within " + expected().within(), "not there yet"));
            return;
        }
        String in = Files.exists(done) ? "done" : "failed";
        if (expected().folder() != null && !in.equals(expected().folder())) {
            differences.add(new Difference("file in", expected().folder(), in));
        }
        compareReplies(inbox.resolveSibling("replies"), drop.name());
        Path retry = inbox.resolveSibling("failed").resolve(drop.name() + ".retry.ndjson");
        List<JsonNode> retried = expected().retry();
        if (retried != null) {
            ArrayNode pattern = JSON.createArrayNode().addAll(retried);
            differences.addAll(JsonMatch.compare("retry file ", lines(retry), pattern, JsonMatch.Mode.SUBSET));
        }
        differences.addAll(targets.differences(AFTERMATH));
    }

    private void compareReplies(Path folder, String name) throws IOException {
        Path single = folder.resolve(name + ".reply.json");
        Path several = folder.resolve(name + ".reply.ndjson");
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
