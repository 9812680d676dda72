package io.tandem.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** One page of a real headless Chromium, driven by its DevTools protocol. For one thread. */
public final class Chromium implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final Queue<String> requested = new ConcurrentLinkedQueue<>();
    private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();

    private Chromium(Process process, URI page) {
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(PATIENCE)
                .buildAsync(page, new Answers())
                .join();
    }

    /** Where it is installed: as the environment variable {@code CHROMIUM} says, or in a usual place. */
    public static Optional<Path> installed() {
        return Stream.of(
                        System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"),
                        "/usr/bin/chromium-browser",
                        "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts one.
     *
     * @param profile a folder for its files
     */
    public static Chromium start(Path executable, Path profile) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        executable.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("TMPDIR", profile.toString());
        Process process = builder.start();
        try {
            Path port = profile.resolve("DevToolsActivePort");
            Awaitility.await("Chromium's start")
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(port) && Files.readAllLines(port).size() == 2);
            URI pages =
                    URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list");
            HttpResponse<String> list = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(pages).timeout(PATIENCE).build(),
                            HttpResponse.BodyHandlers.ofString());
            for (JsonNode page : JSON.readTree(list.body())) {
                if (page.path("type").asText().equals("page")) {
                    return new Chromium(
                            process,
                            URI.create(page.path("webSocketDebuggerUrl").asText()));
                }
            }
            throw new IOException("Chromium has no page: " + list.body());
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (IOException | RuntimeException e) {
            end(process);
            throw e;
        }
    }

    /** Goes to a page, and on to where it redirects. */
    public void open(URI url) {
        call("Page.navigate", JSON.createObjectNode().put("url", url.toString()));
    }

    /** Waits for an element and types into it. */
    public void type(String selector, String text) {
        await(selector);
        evaluate("document.querySelector('" + selector + "').focus()");
        call("Input.insertText", JSON.createObjectNode().put("text", text));
    }

    /** Presses a key, such as {@code Enter} or {@code Escape}, where the focus is. */
    public void press(String key) {
        int code =
                switch (key) {
                    case "Enter" -> 13;
                    case "Escape" -> 27;
                    default -> throw new IllegalArgumentException(key);
                };
        for (String type : List.of("keyDown", "keyUp")) {
            ObjectNode event = JSON.createObjectNode()
                    .put("type", type)
                    .put("key", key)
                    .put("code", key)
                    .put("windowsVirtualKeyCode", code);
            if (key.equals("Enter")) {
                event.put("text", "\r");
            }
            call("Input.dispatchKeyEvent", event);
        }
    }

    /** Waits for an element and clicks on it. */
    public void click(String selector) {
        await(selector);
        evaluate("document.querySelector('" + selector + "').click()");
    }

    /** Waits until the page shows a text, and gives all of its text. */
    public String awaitText(String part) {
        String[] last = {""};
        Awaitility.await("'" + part + "' on the page").atMost(PATIENCE).until(() -> {
            last[0] = evaluate("document.body ? document.body.innerText : ''").asText();
            return last[0].contains(part);
        });
        return last[0];
    }

    private void await(String selector) {
        Awaitility.await(selector).atMost(PATIENCE).until(() -> evaluate(
                        "document.readyState === 'complete' && document.querySelector('" + selector + "') !== null")
                .asBoolean());
    }

    /** Waits until an expression is true. */
    public void awaitTrue(String expression) {
        Awaitility.await(expression).atMost(PATIENCE).until(() -> evaluate(expression)
                .asBoolean());
    }

    /** Runs a script in the page, waits for what it promises, and gives its value. */
    public JsonNode evaluate(String expression) {
        ObjectNode parameters = JSON.createObjectNode()
                .put("expression", expression)
                .put("awaitPromise", true)
                .put("returnByValue", true);
        JsonNode result = call("Runtime.evaluate", parameters);
        if (result.has("exceptionDetails")) {
            throw new IllegalStateException(result.get("exceptionDetails").toString());
        }
        return result.path("result").path("value");
    }

    /** Gives the page another size, and the colours that its user prefers. */
    public void look(int width, int height, boolean dark) {
        ObjectNode size = JSON.createObjectNode()
                .put("width", width)
                .put("height", height)
                .put("deviceScaleFactor", 1)
                .put("mobile", width < 600);
        call("Emulation.setDeviceMetricsOverride", size);
        ObjectNode media = JSON.createObjectNode();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", dark ? "dark" : "light");
        call("Emulation.setEmulatedMedia", media);
    }

    /**
     * Takes a picture.
     *
     * @param png where to
     * @param whole also of what is below the window
     */
    public void picture(Path png, boolean whole) throws IOException {
        ObjectNode parameters = JSON.createObjectNode().put("format", "png").put("captureBeyondViewport", whole);
        if (whole) {
            JsonNode size =
                    call("Page.getLayoutMetrics", JSON.createObjectNode()).path("cssContentSize");
            parameters
                    .putObject("clip")
                    .put("x", 0)
                    .put("y", 0)
                    .put("width", size.path("width").asDouble())
                    .put("height", size.path("height").asDouble())
                    .put("scale", 1);
        }
        Files.createDirectories(png.toAbsolutePath().getParent());
        Files.write(
                png,
                Base64.getDecoder()
                        .decode(call("Page.captureScreenshot", parameters)
                                .path("data")
                                .asText()));
    }

    /** From now on remembers, and forgets what was before, what pages complain of (faults, what was not found, what was forbidden), and ask for. */
    public void listen() {
        call("Runtime.enable", JSON.createObjectNode());
        call("Log.enable", JSON.createObjectNode());
        call("Network.enable", JSON.createObjectNode());
        complaints.clear();
        requested.clear();
    }

    /** What pages have complained of. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Where pages have sent requests to, but for what the browser itself asks for. */
    public List<String> requested() {
        return List.copyOf(requested);
    }

    private JsonNode call(String method, ObjectNode parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        calls.put(id, answer);
        ObjectNode request = JSON.createObjectNode().put("id", id).put("method", method);
        request.set("params", parameters);
        socket.sendText(request.toString(), true).join();
        return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private final class Answers implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    JsonNode message = JSON.readTree(text.toString());
                    CompletableFuture<JsonNode> call =
                            calls.remove(message.path("id").asInt());
                    hear(message);
                    if (call != null) {
                        call.complete(message.path("result"));
                    }
                } catch (IOException e) {
                    calls.values().forEach(call -> call.completeExceptionally(e));
                }
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void hear(JsonNode event) {
        JsonNode parameters = event.path("params");
        switch (event.path("method").asText()) {
            case "Runtime.exceptionThrown", "Log.entryAdded" -> complaints.add(parameters.toString());
            case "Network.requestWillBeSent" ->
                requested.add(parameters.path("request").path("url").asText());
            default -> {
                // nothing that anybody listens for
            }
        }
    }

    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(ended -> ended.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    }

    @Override
    public void close() {
        socket.abort();
        end(process);
    }
}
