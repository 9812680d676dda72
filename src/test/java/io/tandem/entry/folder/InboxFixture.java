package io.tandem.entry.folder;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import io.tandem.journal.GuaranteedDelivery;
import io.tandem.journal.Journals;
import io.tandem.message.Delivery;
import io.tandem.message.DeliveryLedger;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/** The real route on real folders, with a scatter-gather that does what a test says. */
final class InboxFixture implements AutoCloseable {
    static final int WINDOW = 8;
    static final int MAX_RECORD = 4096;

    /** For machines that have other work too. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final FolderEntry.Times TIMES = new FolderEntry.Times(
            Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofSeconds(2));

    /** One record that has reached the scatter-gather. */
    record Sent(String body, String contentType, Message message) {}

    final Path inbox;
    final Path done;
    final Path failed;
    final Path replies;
    final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
    final AtomicInteger inFlight = new AtomicInteger();
    final AtomicInteger mostInFlight = new AtomicInteger();
    final Observed observed = new Observed();

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final GuaranteedDelivery delivery;
    private final FolderEntry entry;
    private final Main main = new Main();
    private final Function<Sent, CompletionStage<Outcome>> targets;

    /**
     * How it is to be.
     *
     * @param journal the folder of the journal
     * @param faults what is wrong with the journal, when something is
     * @param maxRecord of a record, in bytes
     */
    record Setup(
            boolean enabled, boolean recognise, Path journal, AtomicReference<@Nullable String> faults, int maxRecord) {
        static Setup in(Path data) {
            return new Setup(true, true, data.resolve("journal"), new AtomicReference<>(), MAX_RECORD);
        }

        Setup disabled() {
            return new Setup(false, recognise, journal, faults, maxRecord);
        }

        Setup notRecognising() {
            return new Setup(enabled, false, journal, faults, maxRecord);
        }

        Setup withMaxRecord(int bytes) {
            return new Setup(enabled, recognise, journal, faults, bytes);
        }

        Setup withJournal(Path other) {
            return new Setup(enabled, recognise, other, faults, maxRecord);
        }
    }

    InboxFixture(Path data, Setup setup, Function<Sent, CompletionStage<Outcome>> targets) throws Exception {
        this.inbox = data.resolve("inbox");
        this.done = data.resolve("done");
        this.failed = data.resolve("failed");
        this.replies = data.resolve("replies");
        this.targets = targets;
        Settings settings = ConfigurationLoader.load(ConfigurationSources.of(data, Map.of())
                .withOverrides(Map.of(
                        "target.api-one.url", "http://127.0.0.1:1/",
                        "target.api-one.auth", "none",
                        "tandem.journal.min-free", "1MiB",
                        "tandem.journal.url", "jdbc:sqlite:" + setup.journal().resolve("tandem.db"))));
        this.delivery = new GuaranteedDelivery(
                idempotent -> FaultyJournal.around(
                        Journals.open(settings.journal(), idempotent, settings.deadline(), Clock.systemUTC()),
                        setup.faults()),
                settings,
                (message, body, contentType) ->
                        CompletableFuture.failedStage(new IllegalStateException("nothing is redelivered here")),
                executor);
        delivery.open();
        Settings.Inbox ofInbox =
                new Settings.Inbox(setup.enabled(), inbox, WINDOW, setup.maxRecord(), setup.recognise());
        this.entry = new FolderEntry(ofInbox, delivery, observed, executor, TIMES);
        entry.beans(ofInbox, Duration.ofSeconds(10), delivery).forEach(main::bind);
        main.setDefaultPropertyPlaceholderLocation("false");
        main.configure()
                .withJmxEnabled(false)
                .withAutoConfigurationLogSummary(false)
                .withShutdownTimeout(10)
                .withRoutesIncludePattern("file:routes/1-receive-folder.camel.yaml");
        main.addInitialProperty("tandem.inbox.enabled", Boolean.toString(setup.enabled()));
        main.addInitialProperty("tandem.inbox.dir", inbox.toString());
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:scatter-gather").routeId("scatter-gather").process(new ScatterGather());
            }
        });
        main.start();
    }

    static InboxFixture start(Path data, Function<Sent, CompletionStage<Outcome>> targets) throws Exception {
        return new InboxFixture(data, Setup.in(data), targets);
    }

    /** Targets that take everything at once. */
    static InboxFixture start(Path data) throws Exception {
        return start(data, sent -> CompletableFuture.completedFuture(Outcome.DELIVERED));
    }

    static InboxFixture startDisabled(Path data) throws Exception {
        return new InboxFixture(
                data, Setup.in(data).disabled(), sent -> CompletableFuture.completedFuture(Outcome.DELIVERED));
    }

    Path drop(String name, String content) throws IOException {
        return drop(name, content.getBytes(StandardCharsets.UTF_8));
    }

    Path drop(String name, byte[] content) throws IOException {
        Files.createDirectories(inbox);
        Path part = Files.write(inbox.resolve("." + name), content);
        return Files.move(part, inbox.resolve(name));
    }

    void awaitDone(String name) {
        await().atMost(PATIENCE).until(() -> Files.exists(done.resolve(name)) && Files.size(done.resolve(name)) > 0);
    }

    void awaitFailed(String name) {
        await().atMost(PATIENCE).until(() -> Files.exists(failed.resolve(name)));
    }

    List<JsonNode> replies(String name) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(replies.resolve(name))) {
            lines.add(MAPPER.readTree(line));
        }
        return lines;
    }

    JsonNode reply(String name) throws IOException {
        return MAPPER.readTree(replies.resolve(name).toFile());
    }

    static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** What is kept of files that are in the inbox again, or may come back. */
    List<String> notes() {
        return names(inbox.resolve(".claimed/returned"));
    }

    @Nullable
    String unavailable() {
        return entry.unavailable();
    }

    /** Whatever lies about in the folders, but for what is to be there. */
    List<String> leftovers() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path folder : List.of(replies, failed, done, inbox.resolve(".claimed"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    files.filter(file ->
                                    Files.isRegularFile(file) && !file.startsWith(inbox.resolve(".claimed/returned")))
                            .map(file -> String.valueOf(file.getFileName()))
                            .filter(name ->
                                    name.startsWith(".") || folder.endsWith(".claimed") && !name.endsWith(".lock"))
                            .forEach(found::add);
                }
            }
        }
        return found;
    }

    void drain() {
        entry.drain();
    }

    void stopRoute() throws Exception {
        main.getCamelContext().getRouteController().stopRoute("receive-folder");
    }

    void startRoute() throws Exception {
        main.getCamelContext().getRouteController().startRoute("receive-folder");
    }

    @Override
    public void close() {
        entry.drain();
        main.stop();
        entry.close();
        delivery.close();
        executor.shutdown();
    }

    private final class ScatterGather extends AsyncProcessorSupport {
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            DeliveryLedger ledger =
                    exchange.getProperty(Message.PROPERTY, Message.class).ledger();
            CompletionStage<Delivery> elsewhere = ledger.elsewhere("api-one");
            if (elsewhere != null) {
                Delivery known = elsewhere.toCompletableFuture().join();
                exchange.getMessage().setBody(merged(exchange.getProperty(Message.PROPERTY, Message.class), known));
                callback.done(true);
                return true;
            }
            Sent record = new Sent(
                    exchange.getMessage().getBody(String.class),
                    exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class),
                    exchange.getProperty(Message.PROPERTY, Message.class));
            sent.add(record);
            mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            CompletableFuture<Outcome> outcome = targets.apply(record).toCompletableFuture();
            boolean sync = outcome.isDone();
            outcome.whenComplete((value, failure) -> {
                inFlight.decrementAndGet();
                if (failure != null) {
                    exchange.setException(
                            failure instanceof RuntimeException known ? known : new IllegalStateException(failure));
                } else {
                    Delivery made = delivery(record, value);
                    ledger.ended(made);
                    exchange.getMessage().setBody(merged(record.message(), made));
                }
                callback.done(sync);
            });
            return sync;
        }
    }

    private static Delivery delivery(Sent record, Outcome outcome) {
        boolean delivered = outcome == Outcome.DELIVERED;
        return new Delivery(
                "api-one",
                outcome,
                delivered ? 200 : 500,
                Duration.ofMillis(1),
                1,
                ReplyBody.of(record.body().getBytes(StandardCharsets.UTF_8), "application/json"),
                delivered ? null : Problem.of(ProblemType.TARGET_FAILED, null),
                null);
    }

    private static MergedReply merged(Message message, Delivery delivery) {
        return new MergedReply(message.id(), "all", delivery.delivered(), List.of(delivery), null);
    }

    /** Counts what meters and logs would be told. */
    static final class Observed implements MessageObserver {
        final AtomicInteger accepted = new AtomicInteger();
        final AtomicInteger replied = new AtomicInteger();
        final AtomicInteger repeated = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicInteger refused = new AtomicInteger();

        @Override
        public void accepted(Message message) {
            accepted.incrementAndGet();
        }

        @Override
        public void delivered(Message message, Delivery delivery) {
            throw new IllegalStateException("not the business of an entry");
        }

        @Override
        public void replied(Message message, MergedReply reply, Duration took) {
            replied.incrementAndGet();
        }

        @Override
        public void answered(Message message, String id, String outcome, Duration took) {
            repeated.incrementAndGet();
        }

        @Override
        public void failed(Message message, Problem problem, Duration took) {
            failed.incrementAndGet();
        }

        @Override
        public void refused(String entry, String reference, Problem problem) {
            refused.incrementAndGet();
        }
    }
}
