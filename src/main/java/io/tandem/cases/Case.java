package io.tandem.cases;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One case: one step, or several that are taken one after the other. Immutable as long as nobody writes to the arrays.
 *
 * @param name path and name of its file below the folder of the run, without what all case files end in
 * @param settings those that win over the configuration
 * @param steps at least one
 */
public record Case(String name, Path file, Map<String, String> settings, List<Step> steps) {
    /**
     * What is handed to Tandem, what the targets do, what is expected.
     *
     * @param targets what targets do and must get, by name; one that is not among them answers 200
     */
    record Step(Input input, Map<String, Target> targets, Expected expected) {
        Step {
            targets = Map.copyOf(targets);
        }
    }

    /** What is handed to Tandem. */
    sealed interface Input {}

    /** A request over HTTP. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(String method, String path, Map<String, String> headers, byte[] body) implements Input {}

    /** A file that is dropped into the inbox. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Drop(String name, byte[] content) implements Input {}

    /** What a target does, and what it must get. */
    record Target(List<Reply> replies, Received received) {
        static final Target SILENT = new Target(List.of(), new Received(null, List.of()));
    }

    /**
     * What a target answers.
     *
     * @param when the request bodies that it is for; null: all others
     * @param delay until the reply begins
     * @param drip over how long its body is spread
     * @param fault null for a reply that is as it should be
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Reply(
            @Nullable JsonNode when,
            int status,
            Map<String, String> headers,
            byte[] body,
            Duration delay,
            Duration drip,
            @Nullable Fault fault) {
        static final Reply OK = new Reply(null, 200, Map.of(), new byte[0], Duration.ZERO, Duration.ZERO, null);
    }

    /** How a target fails below HTTP. */
    enum Fault {
        /** Nobody listens. */
        REFUSED,
        /** The request is taken and never answered. */
        TIMEOUT,
        /** The connection is reset. */
        RESET,
        /** The connection is closed without an answer. */
        EMPTY,
        /** The reply breaks off in its body. */
        CUT_OFF,
        /** What comes is no HTTP. */
        GARBAGE
    }

    /**
     * What a target must have got.
     *
     * @param count how many requests; null: as many as there are patterns, or any number if there is none
     * @param requests with one pattern and a count, every request; else each is for another request, in any order
     */
    record Received(@Nullable Integer count, List<Pattern> requests) {}

    /** What a request must be like; what is null or not named may be anything. */
    record Pattern(
            @Nullable String method, @Nullable String path, Map<String, JsonNode> headers, @Nullable Body body) {}

    /** What a body must be like. */
    record Body(JsonNode json, JsonMatch.Mode mode) {}

    /**
     * What is expected of Tandem; null: anything.
     *
     * @param message what {@code GET /messages/{id}} must say in the end
     * @param folder {@code done} or {@code failed}: where the file ends
     * @param reply of a file: the reply file; several lines are an array
     * @param retry the lines of the retry file; empty: there is none
     * @param within for the answer, and for whatever goes on after it
     */
    record Expected(
            @Nullable Integer status,
            Map<String, JsonNode> headers,
            @Nullable Body body,
            @Nullable JsonNode message,
            @Nullable String folder,
            @Nullable Body reply,
            @Nullable List<JsonNode> retry,
            Duration within) {}

    public Case {
        settings = Map.copyOf(settings);
        steps = List.copyOf(steps);
    }

    /** Whether a file is dropped into the inbox. */
    boolean drops() {
        return steps.stream().anyMatch(step -> step.input() instanceof Drop);
    }

    /** What is planned for a target of this name in any step. */
    private Stream<Reply> allReplies(Predicate<String> target) {
        return steps.stream()
                .flatMap(step -> step.targets().entrySet().stream())
                .filter(planned -> target.test(planned.getKey()))
                .flatMap(planned -> planned.getValue().replies().stream());
    }

    /** What is planned for any target in any step. */
    Stream<Reply> replies() {
        return allReplies(target -> true);
    }

    /** What is planned for a target in any step. */
    Stream<Reply> replies(String target) {
        return allReplies(target::equals);
    }

    /** The targets of which something is said in any step. */
    Set<String> targets() {
        return steps.stream()
                .flatMap(step -> step.targets().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
