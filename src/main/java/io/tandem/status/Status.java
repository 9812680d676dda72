package io.tandem.status;

import io.tandem.config.Fault;
import io.tandem.entry.folder.FileProgress;
import io.tandem.entry.kafka.KafkaProgress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How Tandem is at one moment. Holds no secret, no address of a target and nothing that a caller or a target has sent.
 *
 * @param since when it was started
 * @param inFlight messages that were taken and not yet answered
 * @param traffic of the last minute
 * @param kafka null when nothing is taken from it
 */
public record Status(
        Instant at,
        Instant since,
        String version,
        String completion,
        String shape,
        boolean ready,
        List<String> reasons,
        int inFlight,
        Samples.Traffic traffic,
        List<Target> targets,
        Journal journal,
        Inbox inbox,
        @Nullable KafkaProgress kafka,
        Reload reload,
        Routes routes) {

    /**
     * One target.
     *
     * @param breaker {@code closed}, {@code open}, {@code half-open}; null when it has none
     * @param pending deliveries in the journal that are to be made
     * @param dead deliveries in the journal that were given up
     * @param oldest when the message was handed in whose delivery waits longest
     * @param token null when it is called without a token, or with one for each caller
     */
    public record Target(
            String name,
            @Nullable String breaker,
            int calls,
            int waiting,
            long retries,
            long pending,
            long dead,
            @Nullable Instant oldest,
            @Nullable Token token,
            Samples.Rates lastMinute) {}

    /**
     * A target's access token.
     *
     * @param remainingSeconds until it expires; null when that is not known, or there is none
     * @param failures token calls in a row that failed
     * @param problem what was wrong with the last one; null when that gave a token
     */
    public record Token(
            boolean usable,
            @Nullable Double ageSeconds,
            @Nullable Double remainingSeconds,
            int failures,
            @Nullable String problem) {}

    /**
     * What is left to do.
     *
     * @param pending messages
     * @param unavailable why nothing new is taken; null when it is
     * @param removedTargets deliveries that wait for targets which are not configured any more
     */
    public record Journal(long pending, @Nullable String unavailable, Map<String, Long> removedTargets) {}

    /**
     * The watched folder.
     *
     * @param waiting files in it that were not taken yet
     * @param files that are being worked on
     */
    public record Inbox(boolean enabled, int waiting, @Nullable String unavailable, List<FileProgress> files) {}

    /**
     * What came of edits.
     *
     * @param enabled whether they take effect while Tandem runs
     * @param runningSince since when what runs now has been running
     * @param refusal the last edit, when it was refused and nobody has mended it
     * @param latest newest first
     */
    public record Reload(
            boolean enabled,
            Instant runningSince,
            @Nullable Edit refusal,
            List<Edit> latest,
            List<Wrong> atNextStart) {}

    /** An edit; it was refused when something is wrong with it. */
    public record Edit(Instant at, List<String> files, long tookMs, List<Wrong> faults) {}

    /**
     * What is wrong with an edit, and where.
     *
     * @param line counted from 1; 0 when there is none
     * @param column counted from 1; 0 for the whole line
     */
    public record Wrong(String file, int line, int column, String reason) {
        public static Wrong of(Fault fault) {
            return new Wrong(
                    fault.place().source(), fault.place().line(), fault.place().column(), fault.message());
        }
    }

    /** The routes that run, as a graph. */
    public record Routes(List<Node> nodes, List<Edge> edges) {}

    /**
     * A route, or what is before the first and behind the last.
     *
     * @param kind {@code source}, {@code route}, {@code target}
     * @param label what people know it by
     */
    public record Node(String id, String kind, String label, @Nullable String description) {}

    /**
     * From one to the next.
     *
     * @param perSecond what passed in the last minute; null when nobody counts it
     */
    public record Edge(String from, String to, @Nullable Double perSecond) {}
}
