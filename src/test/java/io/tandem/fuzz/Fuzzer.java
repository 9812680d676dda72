package io.tandem.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.UnixOperatingSystemMXBean;
import io.tandem.openapi.Contract;
import io.tandem.proof.LoadTarget;
import io.tandem.support.Logs;
import io.tandem.support.RawHttp;
import io.tandem.support.RawHttp2;
import io.tandem.support.RunningTandem;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Attacks a Tandem over raw sockets, and looks at everything that comes of it: each connection is answered or closed in
 * bounded time, each answer is one that the contract knows, no line of the log has anything that was sent, and afterwards
 * nothing is left over.
 */
final class Fuzzer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOUND = Path.of("target", "fuzz");

    /** The time to read a request, the sweep of those that take longer, and much patience for a busy machine. */
    private static final int ANSWER_MILLIS = 20_000;

    /** One connection in so many speaks HTTP/2. */
    private static final int EACH_IN_FRAMES = 4;

    private static final byte[] LAST_PING = "the last".getBytes(ISO_8859_1);

    private static final Duration REST = Duration.ofSeconds(30);
    private static final Set<Integer> STATUSES =
            Set.of(100, 200, 202, 304, 400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 422, 429, 431, 502, 503, 504);

    /** What serves the targets, which take whatever comes: only then does each problem come from Tandem. */
    private final Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

    /** With the levels that logback.xml sets for a running service. */
    private final Logs logs = new Logs(Map.of(
            "io.tandem", Level.INFO,
            "io.netty.channel.AbstractChannelHandlerContext", Level.OFF,
            "io.netty.channel.DefaultChannelPipeline", Level.OFF,
            "io.netty.util.concurrent.DefaultPromise", Level.OFF));

    private final RunningTandem tandem;
    private final Contract contract;
    private final JsonNode problem = JSON.createObjectNode().put("$ref", "#/components/schemas/Problem");
    private final Map<String, AtomicInteger> answers = new TreeMap<>();
    private final int threadsBefore;
    private final long filesBefore;
    private final long heapBefore;

    Fuzzer() throws IOException {
        Map<String, String> settings = new HashMap<>();
        for (String name : List.of("api-one", "api-two")) {
            settings.putAll(RunningTandem.target(name, new LoadTarget(servers, name, 1, 0).url()));
            settings.put("target." + name + ".retry.attempts", "1");
        }
        settings.put("tandem.http.read-timeout", "300ms");
        // a caller who may send another request is left alone for so long
        settings.put("tandem.http.idle-timeout", "3s");
        settings.put("tandem.http.max-body", "4096");
        settings.put("tandem.http.forward-headers", "X-Tenant");
        settings.put("tandem.access-log", "text");
        tandem = RunningTandem.start(settings);
        contract = Contract.of(tandem.get(tandem.uri("/openapi.json")).body());
        // every pool has its size, and every class is loaded
        for (int i = 0; i < 50; i++) {
            tandem.postJson("{\"order\":1}");
        }
        threadsBefore = threads();
        filesBefore = files();
        heapBefore = heap();
    }

    /** What came of a run, by status and problem. */
    Map<String, AtomicInteger> answers() {
        return answers;
    }

    /**
     * Sends attacks from several threads.
     *
     * @param seed from which all of them follow
     * @return how many connections were made
     */
    int attack(long seed, int count, int threads) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        Queue<String> faults = new ConcurrentLinkedQueue<>();
        AtomicInteger made = new AtomicInteger();
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Grammar grammar = new Grammar(seed + thread);
                Callable<Void> work = () -> {
                    while (faults.isEmpty() && made.incrementAndGet() <= count) {
                        if (made.get() % EACH_IN_FRAMES == 0) {
                            byte[] frames = grammar.frames();
                            String fault = faultOfFrames(frames);
                            if (fault != null) {
                                faults.add(seed + ": " + fault + "; see " + keep(seed, new Grammar.Attack(frames, 1)));
                            }
                            continue;
                        }
                        Grammar.Attack attack = grammar.next();
                        String fault = fault(attack);
                        if (fault != null) {
                            faults.add(seed + ": " + fault + "; see " + keep(seed, shrunk(attack)));
                        }
                    }
                    return null;
                };
                running.add(pool.submit(work));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(faults).isEmpty();
        return Math.min(made.get(), count);
    }

    /** Calls each documented operation with parameters and bodies that are valid, or break a constraint. */
    int callByContract(long seed, int count) throws IOException {
        Grammar grammar = new Grammar(seed);
        Map<String, JsonNode> operations = contract.operations();
        List<String> calls = operations.keySet().stream()
                .filter(call -> call.contains("/messages"))
                .toList();
        for (int i = 0; i < count; i++) {
            String call = calls.get(i % calls.size());
            String request = grammar.request(call, operations.get(call));
            try (RawHttp http = new RawHttp(tandem.port())) {
                RawHttp.Reply reply = http.send(request).read();
                assertThat(reply.status()).as(request).isNotZero();
                contract.assertDocuments(call, Contract.Answer.of(reply));
                count(reply.status(), reply.body());
            }
        }
        return count;
    }

    /** That nothing is left over, and that only our own lines were logged. */
    void assertQuiet() {
        await().atMost(REST).untilAsserted(() -> assertThat(metrics())
                .filteredOn(
                        line -> line.startsWith("tandem_connections") || line.startsWith("tandem_messages_in_flight"))
                .hasSizeGreaterThan(4)
                .allMatch(line -> line.endsWith(" 0.0")));
        // those of the pools that grow with the load, and shrink again after a minute
        await().atMost(REST).untilAsserted(() -> assertThat(threads()).isLessThan(threadsBefore + 200));
        await().atMost(REST).untilAsserted(() -> assertThat(files()).isLessThan(filesBefore + 150));
        await().atMost(REST).untilAsserted(() -> assertThat(heap()).isLessThan(heapBefore + (64L << 20)));
        assertThat(logs.all()).allSatisfy(line -> assertThat(line)
                .startsWith("io.tandem.")
                .doesNotContain(Grammar.MARK)
                .doesNotContain("ERROR")
                .matches("[\\x20-\\x7e]*"));
        assertThat(tandem.postJson("{\"order\":1}").statusCode()).isEqualTo(200);
    }

    /** Threads, files and heap now and before, for a report. */
    String rest() {
        return "threads %d (before %d), files %d (before %d), heap %d MiB (before %d MiB)"
                .formatted(threads(), threadsBefore, files(), filesBefore, heap() >> 20, heapBefore >> 20);
    }

    private Stream<String> metricLines() {
        return tandem.get(tandem.managementUri("/observe/metrics")).body().lines();
    }

    private List<String> metrics() {
        return metricLines().filter(line -> !line.startsWith("#")).toList();
    }

    private @Nullable String fault(Grammar.Attack attack) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tandem.port())) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.setTcpNoDelay(true);
            send(socket, attack);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                RawHttp.Reply reply = read(in);
                if (reply == null) {
                    return null;
                }
                String fault = fault(reply);
                if (fault != null) {
                    return fault;
                }
            }
        } catch (SocketTimeoutException e) {
            return "neither answered nor closed within " + ANSWER_MILLIS + " ms";
        } catch (SocketException e) {
            // closed in the middle of what was being sent
            return null;
        } catch (IOException | RuntimeException e) {
            return "an answer that is no HTTP: " + e;
        }
    }

    /**
     * Sends frames of HTTP/2, and sees that each answer is one that the contract knows, and that the server says what it
     * thinks: it answers the PING behind them, or ends the connection.
     */
    private @Nullable String faultOfFrames(byte[] frames) {
        try (RawHttp2 connection = new RawHttp2(tandem.port())) {
            connection.greet().send(frames).frame(RawHttp2.PING, RawHttp2.NONE, 0, LAST_PING);
            while (true) {
                RawHttp2.Frame frame = connection.read();
                if (frame == RawHttp2.CLOSED
                        || (frame.type() == RawHttp2.PING
                                && frame.has(RawHttp2.ACK)
                                && Arrays.equals(frame.payload(), LAST_PING))) {
                    return null;
                }
                if (frame.type() == RawHttp2.HEADERS && frame.headers().containsKey(":status")) {
                    Map<String, String> headers = new HashMap<>(frame.headers());
                    int status = Integer.parseInt(headers.remove(":status"));
                    String fault = fault(new RawHttp.Reply(status, headers, ""));
                    if (fault != null) {
                        return fault;
                    }
                }
            }
        } catch (SocketTimeoutException e) {
            return "frames were neither answered nor was the connection ended";
        } catch (SocketException e) {
            // closed in the middle of what was being sent
            return null;
        } catch (IOException | RuntimeException e) {
            return "an answer that is no HTTP/2: " + e;
        }
    }

    /** The attack, and a request behind which the server closes: unless it has taken that for a part of the attack. */
    private static void send(Socket socket, Grammar.Attack attack) throws IOException {
        byte[] bytes = attack.bytes();
        int piece = Math.max(1, bytes.length / attack.pieces() + 1);
        try {
            for (int at = 0; at < bytes.length; at += piece) {
                socket.getOutputStream().write(bytes, at, Math.min(piece, bytes.length - at));
                socket.getOutputStream().flush();
                if (attack.pieces() > 1) {
                    LockSupport.parkNanos(2_000_000);
                }
            }
            socket.getOutputStream()
                    .write("GET /end HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
        } catch (SocketException e) {
            // the server has had enough; what it said is still to be read
            return;
        }
    }

    private @Nullable String fault(RawHttp.Reply reply) {
        if (!STATUSES.contains(reply.status())) {
            return "status " + reply.status() + ": " + reply.body();
        }
        count(reply.status(), reply.body());
        if (reply.headers().keySet().stream().anyMatch(name -> name.startsWith("access-control"))) {
            return "CORS: " + reply.headers();
        }
        if (reply.headers().toString().contains(Grammar.MARK)) {
            return "headers that were sent come back: " + reply.headers();
        }
        if (reply.header("content-type").equals("application/problem+json")
                && !reply.body().isEmpty()) {
            try {
                contract.assertFits(JSON.readTree(reply.body()), problem, reply.body());
            } catch (IOException | AssertionError e) {
                return "not what the contract says: " + e.getMessage() + ": " + reply.body();
            }
        }
        return null;
    }

    private void count(int status, String body) {
        int at = body.indexOf("urn:tandem:problem:");
        String key = status + (status >= 400 && at >= 0 ? " " + body.substring(at + 19, body.indexOf('"', at)) : "");
        synchronized (answers) {
            answers.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet();
        }
    }

    /** Null at the end of the connection. */
    private static RawHttp.@Nullable Reply read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        if (!first.matches("HTTP/1\\.[01] \\d{3} .*")) {
            throw new IOException("'" + first + "'");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        int status = Integer.parseInt(first.substring(9, 12));
        // of HEAD the length is told, and no body follows: whoever asked is not known here, so the next line shows it
        int length = status < 200 || status == 304 ? 0 : Integer.parseInt(headers.getOrDefault("content-length", "0"));
        in.mark(16);
        byte[] next = in.readNBytes(Math.min(length, 7));
        in.reset();
        if (new String(next, ISO_8859_1).equals("HTTP/1.") || next.length == 0) {
            length = 0;
        }
        return new RawHttp.Reply(
                status, headers, new String(in.readNBytes(length), java.nio.charset.StandardCharsets.UTF_8));
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = in.read();
        if (b < 0) {
            return null;
        }
        while (b >= 0 && b != '\n') {
            if (b != '\r') {
                line.write(b);
            }
            b = in.read();
        }
        return line.toString(ISO_8859_1);
    }

    /** The shortest that is found within a few hundred tries, and still goes wrong. */
    private Grammar.Attack shrunk(Grammar.Attack attack) {
        Grammar.Attack least = attack;
        int tries = 0;
        for (int piece = least.bytes().length / 2; piece > 0 && tries < 300; piece /= 2) {
            for (int at = 0; at + piece <= least.bytes().length && tries < 300; tries++) {
                byte[] bytes = least.bytes();
                byte[] shorter = Arrays.copyOf(bytes, bytes.length - piece);
                System.arraycopy(bytes, at + piece, shorter, at, bytes.length - at - piece);
                Grammar.Attack candidate = new Grammar.Attack(shorter, least.pieces());
                if (fault(candidate) != null) {
                    least = candidate;
                } else {
                    at += piece;
                }
            }
        }
        return least;
    }

    private static Path keep(long seed, Grammar.Attack attack) throws IOException {
        Files.createDirectories(FOUND);
        return Files.write(FOUND.resolve(seed + "-" + System.nanoTime() + ".bin"), attack.bytes());
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static long files() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public void close() {
        tandem.close();
        servers.close().toCompletionStage().toCompletableFuture().join();
        logs.close();
    }
}
