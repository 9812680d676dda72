package io.tandem.observe;

import java.util.List;
import java.util.Locale;

/**
 * Every meter of Tandem, with its tags: what is not listed here is not measured. Names are Micrometer's; in Prometheus
 * dots become underscores, timers end in {@code _seconds}, counters in {@code _total}.
 */
public enum TandemMeter {
    MESSAGES(
            "tandem.messages",
            Type.TIMER,
            "Messages by entry and outcome (complete, partial, failed, accepted, repeated, error), from intake to the reply",
            "entry",
            "outcome"),
    MESSAGES_REFUSED(
            "tandem.messages.refused",
            Type.COUNTER,
            "What came in and was refused before it became a message, by entry and problem",
            "entry",
            "problem"),
    MESSAGES_MISSED(
            "tandem.messages.missed",
            Type.COUNTER,
            "Messages whose completion policy was not met, or which ended in an error, by entry: what eats the error budget",
            "entry"),
    MESSAGES_WAITED(
            "tandem.messages.waited",
            Type.TIMER,
            "From when a message was read until it was taken up, by entry: what it waits for a thread; in a file, also while"
                    + " the journal takes nothing",
            "entry"),
    MESSAGES_IN_FLIGHT("tandem.messages.in.flight", Type.GAUGE, "Messages that were taken and not yet answered"),
    DELIVERIES(
            "tandem.deliveries",
            Type.TIMER,
            "Deliveries by target and outcome, with token wait, attempts and back-off",
            "target",
            "outcome"),
    ATTEMPTS("tandem.attempts", Type.COUNTER, "Requests that were sent or tried, by target", "target"),
    RETRIES(
            "tandem.retries",
            Type.COUNTER,
            "Attempts that could be repeated, by target and result: made, or withheld by the retry budget",
            "target",
            "result"),
    LIMITED(
            "tandem.limited",
            Type.COUNTER,
            "Deliveries for which bulkhead or rate limiter had no room in time, by target",
            "target"),
    BREAKER(
            "tandem.breaker",
            Type.GAUGE,
            "1 for the state that a target's circuit breaker is in, by target and state",
            "target",
            "state"),
    BULKHEAD(
            "tandem.bulkhead",
            Type.GAUGE,
            "Attempts inside the bulkhead of a target, and messages that wait for a place, by target and state",
            "target",
            "state"),
    RATE_WAITING(
            "tandem.rate.waiting",
            Type.GAUGE,
            "Attempts that wait for their turn by the rate limit of a target",
            "target"),
    CONNECTIONS(
            "tandem.connections",
            Type.GAUGE,
            "Connections to a target by state: leased, or pending (requests that wait for one)",
            "target",
            "state"),
    JOURNAL_DELIVERIES(
            "tandem.journal.deliveries",
            Type.GAUGE,
            "Deliveries in the journal that are not made, by target and state: pending, or dead",
            "target",
            "state"),
    JOURNAL_OLDEST(
            "tandem.journal.oldest",
            Type.GAUGE,
            Unit.SECONDS,
            "Age in seconds of the oldest message that waits for its delivery to a target; 0 when none does",
            "target"),
    JOURNAL_QUEUED("tandem.journal.queued", Type.GAUGE, "Writes that wait for their turn at the journal"),
    JOURNAL_COMMITS("tandem.journal.commits", Type.COUNTER, "Transactions of the journal that reached the disk"),
    JOURNAL_COMMIT_TIME(
            "tandem.journal.commit.time",
            Type.COUNTER,
            Unit.SECONDS,
            "Seconds that the journal's transactions took, syncs included"),
    JOURNAL_WRITES(
            "tandem.journal.writes",
            Type.COUNTER,
            "What was written in the journal's transactions: divided by these, how many shared a sync"),
    KAFKA_LAG(
            "tandem.kafka.lag",
            Type.GAUGE,
            "Records in this instance's partitions of a topic that it has not taken yet",
            "topic"),
    KAFKA_PARTITIONS(
            "tandem.kafka.partitions",
            Type.GAUGE,
            "Partitions of this instance by state: taking, or held (their records wait at the broker, as the journal or the"
                    + " dead letter topic takes nothing, or enough messages wait for a delivery)",
            "state"),
    KAFKA_REBALANCES(
            "tandem.kafka.rebalances",
            Type.COUNTER,
            "How often the group has shared out its partitions anew, as this instance has seen it"),
    KAFKA_REPLIES("tandem.kafka.replies", Type.COUNTER, "Merged replies written to the reply topic"),
    KAFKA_DEAD_LETTERS(
            "tandem.kafka.dead.letters",
            Type.COUNTER,
            "Dead letters by kind: refused (records that are no messages), or given-up (messages whose policy was not met)",
            "kind"),
    INBOX_FILES(
            "tandem.inbox.files",
            Type.GAUGE,
            "Files in the watched folder, by state: waiting (counted up to 100000), or taken",
            "state"),
    DISK(
            "tandem.disk",
            Type.GAUGE,
            Unit.BYTES,
            "Bytes of the disk under the embedded journal and the watched folder, by place and state: free for Tandem, or"
                    + " total",
            "place",
            "state"),
    RELOADS(
            "tandem.reloads",
            Type.COUNTER,
            "Edits that were saved while Tandem ran, by result: applied, or refused",
            "result"),
    RELOAD_REFUSED(
            "tandem.reload.refused",
            Type.GAUGE,
            "1 while the last edit is refused and what ran before goes on; else 0"),
    TOKEN_REQUESTS(
            "tandem.token.requests",
            Type.TIMER,
            "Calls of token endpoints by token source and result: success, or what was wrong (wrong-credentials, timeout,"
                    + " server-error and others)",
            "source",
            "result"),
    TOKENS_REJECTED(
            "tandem.tokens.rejected", Type.COUNTER, "Tokens that were dropped because a target refused them", "source"),
    TOKEN_FAILURES(
            "tandem.token.failures",
            Type.GAUGE,
            "Token calls in a row that failed; 0 when the last one gave a token. While it is above 0 and a token is at"
                    + " hand, that one goes on being used",
            "source"),
    TOKEN_AGE(
            "tandem.token.age",
            Type.GAUGE,
            Unit.SECONDS,
            "Seconds since the token at hand was issued; NaN when there is none",
            "source"),
    TOKEN_REMAINING(
            "tandem.token.remaining",
            Type.GAUGE,
            Unit.SECONDS,
            "Seconds until the token at hand expires; NaN when there is none",
            "source");

    /** What is measured. */
    public enum Type {
        COUNTER,
        GAUGE,
        TIMER
    }

    /** In what it is measured; timers are in seconds. */
    public enum Unit {
        BYTES,
        COUNT,
        SECONDS
    }

    private final String meterName;
    private final Type type;
    private final Unit unit;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> tags;

    TandemMeter(String meterName, Type type, String description, String... tags) {
        this(meterName, type, type == Type.TIMER ? Unit.SECONDS : Unit.COUNT, description, tags);
    }

    TandemMeter(String meterName, Type type, Unit unit, String description, String... tags) {
        this.meterName = meterName;
        this.type = type;
        this.unit = unit;
        this.description = description;
        this.tags = List.of(tags);
    }

    public String meterName() {
        return meterName;
    }

    /** That of its family in Prometheus. */
    public String prometheusName() {
        String name = meterName.replace('.', '_');
        return switch (type) {
            case COUNTER -> name + "_total";
            case GAUGE -> name;
            case TIMER -> name + "_seconds";
        };
    }

    /** In words. */
    public String unit() {
        return unit.name().toLowerCase(Locale.ROOT);
    }

    public Type type() {
        return type;
    }

    public String description() {
        return description;
    }

    /** Names of its tags; their values are few and known: never ids, paths or texts from outside. */
    public List<String> tags() {
        return tags;
    }
}
