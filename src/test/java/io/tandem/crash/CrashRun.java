package io.tandem.crash;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.proof.Faults;
import io.tandem.proof.Instance;
import io.tandem.proof.Ledger;
import io.tandem.proof.RecordingTarget;
import io.tandem.support.Postgres;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One or several Tandems under load, between callers, a folder and two recording targets. They are killed at random
 * moments and started again, until there were enough kills and messages; then they are left alone until all is settled,
 * and judged.
 */
final class CrashRun {
    /**
     * What is to happen.
     *
     * @param kills at least
     * @param messages accepted over HTTP, at least
     * @param callers at the same time
     * @param perSecond messages of each caller at most
     * @param filesPerMinute 0: none
     * @param longestLife between a start and the next kill, at most
     */
    record Plan(
            int kills,
            int messages,
            int callers,
            int perSecond,
            int filesPerMinute,
            Duration longestLife,
            Duration settled,
            long seed) {}

    /** What is killed and comes back. */
    interface Victim {
        void kill() throws IOException, InterruptedException;

        /** Starts it again, and does not wait for it. */
        void launch() throws IOException;

        void awaitReady();
    }

    /** Whoever sends messages in another way, beside callers and folder. */
    interface Feed {
        /** Of the instances. */
        Map<String, String> settings();

        void start(Evidence evidence);

        /** Whether the run has lasted long enough. */
        boolean enough();

        /** No new messages; what was begun is ended. */
        void end() throws InterruptedException;

        /** Whether nothing is left to do. */
        boolean isSettled();

        List<Verdict> verdicts();
    }

    /** Nobody. */
    private static final Feed NO_FEED = new Feed() {
        @Override
        public Map<String, String> settings() {
            return Map.of();
        }

        @Override
        public void start(Evidence evidence) {}

        @Override
        public boolean enough() {
            return true;
        }

        @Override
        public void end() {}

        @Override
        public boolean isSettled() {
            return true;
        }

        @Override
        public List<Verdict> verdicts() {
            return List.of();
        }
    };

    /** What came of it. */
    record Outcome(
            Plan plan,
            int kills,
            Verdicts.Figures figures,
            Map<String, Integer> answers,
            Duration took,
            Duration settled,
            List<Verdict> verdicts) {
        static final String HEADER = String.format(
                "%-34s %6s %9s %10s %9s %8s %8s %5s %8s %9s %s",
                "run",
                "kills",
                "accepted",
                "delivered",
                "requests",
                "repeats",
                "unknown",
                "lost",
                "took s",
                "settle s",
                "answers");

        String row(String name) {
            return String.format(
                    Locale.ROOT,
                    "%-34s %6d %9d %10d %9d %8d %8d %5d %8.1f %9.1f %s",
                    name + " seed=" + plan.seed(),
                    kills,
                    figures.accepted(),
                    figures.delivered(),
                    figures.requests(),
                    figures.repeats(),
                    figures.repeatsOfUnknown(),
                    figures.lost(),
                    took.toMillis() / 1000.0,
                    settled.toMillis() / 1000.0,
                    answers);
        }

        /** Fails when a promise was not kept. */
        void check() {
            List<Verdict> broken =
                    verdicts.stream().filter(verdict -> !verdict.kept()).toList();
            if (!broken.isEmpty()) {
                throw new AssertionError(broken.size() + " promises broken:\n"
                        + broken.stream().map(Verdict::toString).collect(java.util.stream.Collectors.joining("\n")));
            }
        }
    }

    private final Plan plan;
    private final List<Instance> instances;
    private final List<? extends Victim> victims;
    private final Journal journal;
    private final Feed feed;
    private final Ledger ledger;
    private final Evidence evidence = new Evidence();
    private final SplittableRandom random;
    private int kills;

    private CrashRun(
            Plan plan,
            List<Instance> instances,
            List<? extends Victim> victims,
            Journal journal,
            Feed feed,
            Ledger ledger) {
        this.feed = feed;
        this.plan = plan;
        this.instances = instances;
        this.victims = victims;
        this.journal = journal;
        this.ledger = ledger;
        this.random = new SplittableRandom(plan.seed());
    }

    /**
     * A journal.
     *
     * @param settings of the instances that use it
     * @param dies whether it is a victim itself. Then a 200 alone does not prove that the delivery is on its disk: a
     *     caller whose message was delivered gets its answer though the journal is away, and if Tandem dies before the
     *     journal is back, nobody can know any more.
     */
    record Journal(Map<String, String> settings, JournalDisk disk, boolean dies) {
        Journal thatDies() {
            return new Journal(settings, disk, true);
        }

        /** That of the first and only instance. */
        static Journal embedded(Path folder) {
            return new Journal(Map.of(), JournalDisk.sqlite(folder.resolve("tandem-1/data/journal/tandem.db")), false);
        }

        static Journal postgres(String url) {
            return new Journal(
                    Map.of("tandem.journal.url", url, "tandem.journal.user", Postgres.user()),
                    JournalDisk.postgres(url + "?user=" + Postgres.user()),
                    false);
        }
    }

    /**
     * Runs to the end.
     *
     * @param folder of all that the instances leave behind
     * @param others what is killed beside the instances, in turn with them
     */
    static Outcome run(Plan plan, Path folder, int instances, Journal journal, List<Victim> others) throws Exception {
        return run(plan, folder, instances, journal, others, NO_FEED);
    }

    /** The same with one more who sends. */
    static Outcome run(Plan plan, Path folder, int instances, Journal journal, List<Victim> others, Feed feed)
            throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Ledger ledger = new Ledger();
        Faults faults = Faults.some(plan.seed());
        List<Instance> started = new ArrayList<>();
        try (RecordingTarget one = new RecordingTarget(vertx, "api-one", ledger, faults);
                RecordingTarget two = new RecordingTarget(vertx, "api-two", ledger, faults)) {
            Map<String, String> settings = settings(List.of(one, two));
            settings.put("tandem.inbox.enabled", Boolean.toString(plan.filesPerMinute() > 0));
            settings.put("tandem.inbox.dir", folder.resolve("data/inbox").toString());
            settings.putAll(journal.settings());
            settings.putAll(feed.settings());
            for (int i = 1; i <= instances; i++) {
                started.add(new Instance(folder.resolve("tandem-" + i), Instance.SHORT_LIVED, settings));
            }
            List<Victim> victims = new ArrayList<>();
            started.forEach(instance -> victims.add(new Killed(instance)));
            victims.addAll(others);
            return new CrashRun(plan, started, victims, journal, feed, ledger).run(folder.resolve("data"));
        } finally {
            started.forEach(Instance::close);
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    /** Targets as they are used in a run that shall come to its end soon. */
    static Map<String, String> settings(List<RecordingTarget> targets) {
        Map<String, String> settings = new HashMap<>();
        for (RecordingTarget target : targets) {
            String prefix = "target." + target.name() + ".";
            settings.put(prefix + "url", target.url());
            settings.put(prefix + "auth", "none");
            settings.put(prefix + "timeout", "1s");
            settings.put(prefix + "retry.attempts", "2");
            settings.put(prefix + "retry.min-backoff", "20ms");
            settings.put(prefix + "redelivery.min-backoff", "100ms");
            settings.put(prefix + "redelivery.max-backoff", "1s");
        }
        settings.put("tandem.deadline", "4s");
        settings.put("tandem.access-log", "off");
        return settings;
    }

    private record Killed(Instance instance) implements Victim {
        @Override
        public void kill() {
            instance.kill();
        }

        @Override
        public void launch() throws IOException {
            instance.launch();
        }

        @Override
        public void awaitReady() {
            instance.awaitReady();
        }
    }

    private Outcome run(Path data) throws Exception {
        long start = System.nanoTime();
        for (Instance instance : instances) {
            instance.start();
        }
        Duration settled;
        Folder folder = new Folder(data, evidence, Math.max(1, plan.filesPerMinute()), 40, plan.seed());
        Callers callers = new Callers(instances, evidence, !journal.dies());
        callers.start(plan.callers(), plan.perSecond(), plan.seed());
        feed.start(evidence);
        if (plan.filesPerMinute() > 0) {
            folder.start();
        }
        try {
            killAndRestart();
        } finally {
            callers.end();
            feed.end();
            folder.end();
        }
        long left = System.nanoTime();
        List<Verdict> verdicts = new ArrayList<>();
        verdicts.add(allSettles(folder));
        settled = since(left);
        verdicts.add(nothingIsGivenUp());
        verdicts.addAll(feed.verdicts());
        instances.forEach(Instance::close);
        journal.disk().tell(evidence);
        Verdicts judged = new Verdicts(Set.of("api-one", "api-two"), ledger.arrivals(), evidence);
        verdicts.addAll(judged.all());
        verdicts.add(FolderVerdict.of(data, folder.dropped()));
        verdicts.add(new Verdict("the journal is sound", journal.disk().faults()));
        return new Outcome(plan, kills, judged.figures(), callers.answers(), since(start), settled, verdicts);
    }

    private void killAndRestart() throws Exception {
        while (kills < plan.kills() || evidence.acceptedSoFar() < plan.messages() || !feed.enough()) {
            Victim victim = victims.get(kills % victims.size());
            live(100, plan.longestLife());
            kill(victim);
            // some die before they are back
            while (kills < plan.kills() && random.nextInt(6) == 0) {
                live(0, Duration.ofSeconds(2));
                kill(victim);
            }
            victim.awaitReady();
        }
    }

    private void kill(Victim victim) throws Exception {
        victim.kill();
        kills++;
        try {
            journal.disk().tell(evidence);
        } catch (SQLException e) {
            if (!journal.dies()) {
                throw e;
            }
            // what it says after the next kill is as good
        }
        victim.launch();
    }

    /** The random moment: not a wait for anything. */
    private void live(long atLeastMs, Duration atMost) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextLong(atLeastMs, atMost.toMillis() + 1));
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private Verdict allSettles(Folder folder) throws IOException {
        List<String> offences = new ArrayList<>();
        try {
            Awaitility.await("all is settled")
                    .atMost(plan.settled())
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(() -> feed.isSettled()
                            && !folder.dropAgain()
                            && FolderVerdict.waiting(folder.data()).isEmpty()
                            && ids("pending", 1).isEmpty());
        } catch (ConditionTimeoutException e) {
            FolderVerdict.waiting(folder.data()).forEach(file -> offences.add(file + " waits"));
            ids("pending", 20).forEach(id -> offences.add("message " + show(id) + " is pending"));
        }
        return new Verdict("all is settled after " + plan.settled().toSeconds() + " s", offences);
    }

    /** No target rejects anything here, and none is away for days. */
    private Verdict nothingIsGivenUp() throws IOException {
        List<String> offences = new ArrayList<>();
        for (String state : List.of("dead", "partial")) {
            ids(state, 20).forEach(id -> offences.add("message " + show(id) + " is " + state));
        }
        return new Verdict("nothing is given up", offences);
    }

    private List<String> ids(String state, int limit) throws IOException {
        try {
            JsonNode page = instances.get(0).json("/messages?state=" + state + "&limit=" + limit);
            List<String> ids = new ArrayList<>();
            page.path("messages").forEach(message -> ids.add(message.path("id").asText()));
            return ids;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private @Nullable String show(String id) {
        try {
            return instances.get(0).get("/messages/" + id).body();
        } catch (IOException e) {
            return id;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return id;
        }
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }
}
