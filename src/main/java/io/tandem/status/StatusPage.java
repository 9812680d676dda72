package io.tandem.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.tandem.entry.http.Content;
import io.tandem.entry.http.HttpEntry;
import io.tandem.entry.http.HttpEntry.Access;
import io.tandem.entry.http.PageFiles;
import io.tandem.entry.http.StaticResource;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The page at {@code /}, and the documents behind it. The files of the page are for everybody, as a browser has to load
 * them before it can show who asks, and hold nothing; the documents are for those who may see messages. Thread-safe.
 */
public final class StatusPage {
    private static final List<String> SCRIPTS =
            List.of("main", "api", "dom", "overview", "charts", "diagram", "messages", "story");

    private static final Pattern ID = Pattern.compile("id=([0-9A-Za-z]{26})");

    /** However many look at it, it is made no more often. */
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private static final ObjectMapper JSON = new ObjectMapper()
            .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .registerModule(new SimpleModule().addSerializer(Instant.class, new ToStringSerializer(Instant.class)));

    /**
     * One of the documents behind the page.
     *
     * @param description what it tells
     * @param byId whether it is asked for with the id of a message
     * @param type the record that it is made of
     */
    public record Document(String path, String description, boolean byId, Class<? extends Record> type) {}

    private static final Document NOW = new Document(
            "/status",
            "How Tandem is now: figures of the last minute, targets, journal, folder, Kafka, edits, routes.",
            false,
            Status.class);
    private static final Document HISTORY = new Document(
            "/status/history",
            "The last 15 minutes: a figure for each interval, the earliest first.",
            false,
            Samples.History.class);
    private static final Document MESSAGES = new Document(
            "/status/messages", "The latest messages, journaled or not, newest first.", false, MessageList.class);
    private static final Document MESSAGE = new Document(
            "/status/message",
            "What is remembered of one message, and when each of its attempts was made; nothing of one that is forgotten.",
            true,
            MessageStory.class);

    /** What the documents are made of. */
    public record Sources(Supplier<Status> status, Samples samples, LatestMessages messages) {}

    /** Made from time to time, when somebody asks. */
    private static final class Cached {
        private record Made(Content content, long nanos) {}

        private final Supplier<Object> document;
        private volatile @Nullable Made made;

        Cached(Supplier<Object> document) {
            this.document = document;
        }

        Content content() {
            Made last = made;
            if (last == null || System.nanoTime() - last.nanos() > FRESH_NANOS) {
                last = new Made(StatusPage.content(document.get()), System.nanoTime());
                made = last;
            }
            return last.content();
        }
    }

    private StatusPage() {}

    /** Puts the page at {@code /} and its documents under {@code /status}. */
    public static void serve(HttpEntry entry, Sources sources) {
        PageFiles files = new PageFiles(
                StatusPage.class, "; img-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'");
        entry.serve("/", Access.PUBLIC, files.own("index.html"));
        entry.serve("/status/page.css", Access.PUBLIC, files.own("page.css"));
        entry.serve("/status/icon.svg", Access.PUBLIC, files.own("icon.svg"));
        for (String script : SCRIPTS) {
            entry.serve("/status/" + script + ".js", Access.PUBLIC, files.own(script + ".js"));
        }
        entry.serve("/status/uplot.js", Access.PUBLIC, files.webJar("org.webjars.npm", "uplot", "dist/uPlot.esm.js"));
        entry.serve("/status/uplot.css", Access.PUBLIC, files.webJar("org.webjars.npm", "uplot", "dist/uPlot.min.css"));
        document(entry, NOW, sources.status()::get);
        document(entry, HISTORY, sources.samples()::history);
        document(entry, MESSAGES, () -> MessageList.of(sources.messages().latest()));
        entry.serve(MESSAGE.path(), Access.READERS, StaticResource.ofQuery("application/json", Map.of(), query -> {
            String id = id(query);
            return content(MessageStory.of(id, sources.messages().story(id)));
        }));
    }

    /** Those there are. */
    public static List<Document> documents() {
        return List.of(NOW, HISTORY, MESSAGES, MESSAGE);
    }

    private static void document(HttpEntry entry, Document document, Supplier<Object> source) {
        Cached cached = new Cached(source);
        entry.serve(document.path(), Access.READERS, StaticResource.of("application/json", Map.of(), cached::content));
    }

    private static Content content(Object document) {
        byte[] json;
        try {
            json = JSON.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a document can't be written", e);
        }
        return new Content(() -> json);
    }

    private static String id(@Nullable String query) {
        Matcher matcher = ID.matcher(query == null ? "" : query);
        if (!matcher.matches()) {
            throw new ProblemException(
                    Problem.of(ProblemType.MALFORMED_REQUEST, "The query is id= and the id of a message."));
        }
        return matcher.group(1).toUpperCase(Locale.ROOT);
    }
}
