package io.tandem.cases;

import io.tandem.app.StartException;
import io.tandem.config.ConfigurationException;
import io.tandem.config.ConfigurationSources;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs cases, as many at the same time as is good for the machine. Cases with the same configuration, settings and
 * refusing targets share one Tandem, those apart to which time matters; what drops a file has one of its own. Thread-safe.
 */
public final class CaseRunner {
    private static final String PROPERTIES = "application.properties";
    private static final int STAGES_AT_ONCE = 4;
    private static final int CASES_AT_ONCE = 64;

    private final ConfigurationSources sources;

    /** @param sources the configuration of cases that have none beside or above them */
    public CaseRunner(ConfigurationSources sources) {
        this.sources = sources;
    }

    /** What cases must have in common to share a Tandem; the number tells those apart that must not. */
    private record Setting(
            @Nullable Path configuration,
            Map<String, String> settings,
            Set<String> refusing,
            boolean timed,
            int number) {}

    /**
     * Runs them all.
     *
     * @param listener is told each result as it comes, one after the other
     * @return the results in the order of the cases
     */
    public List<CaseResult> run(List<Case> cases, Consumer<CaseResult> listener) throws InterruptedException {
        Map<Setting, List<Case>> groups = grouped(cases);
        Map<Case, CaseResult> results = new LinkedHashMap<>();
        cases.forEach(one -> results.put(one, unfinished(one, "interrupted")));
        Consumer<CaseResult> collector = result -> {
            synchronized (results) {
                results.put(result.of(), result);
                listener.accept(result);
            }
        };
        ExecutorService threads = Executors.newCachedThreadPool(daemons());
        try (StubServer stubs = new StubServer()) {
            Semaphore stages = new Semaphore(STAGES_AT_ONCE);
            List<CompletableFuture<Void>> runs = new ArrayList<>();
            for (Map.Entry<Setting, List<Case>> group : groups.entrySet()) {
                stages.acquire();
                runs.add(CompletableFuture.runAsync(
                                () -> new Group(stubs, threads, collector).run(group.getKey(), group.getValue()),
                                threads)
                        .whenComplete((done, failure) -> stages.release()));
            }
            runs.forEach(CompletableFuture::join);
        } finally {
            threads.shutdownNow();
        }
        return List.copyOf(results.values());
    }

    private static CaseResult unfinished(Case one, String reason) {
        return new CaseResult(one, Duration.ZERO, List.of(new Difference("the case", "to run", reason)), "");
    }

    private Map<Setting, List<Case>> grouped(List<Case> cases) {
        Map<Setting, List<Case>> groups = new LinkedHashMap<>();
        Map<String, Integer> keys = new LinkedHashMap<>();
        int number = 0;
        for (Case one : cases) {
            int apart = one.drops() ? --number : ordinal(one, keys);
            groups.computeIfAbsent(
                            new Setting(
                                    configuration(one.file()),
                                    one.settings(),
                                    Stage.refusing(one),
                                    Stage.isTimed(one),
                                    apart),
                            setting -> new ArrayList<>())
                    .add(one);
        }
        return groups;
    }

    /** The same Idempotency-Key in two cases means the same message in a Tandem that they share. */
    private static int ordinal(Case one, Map<String, Integer> taken) {
        Set<String> keys = one.steps().stream()
                .map(Case.Step::input)
                .filter(Case.Request.class::isInstance)
                .map(request -> ((Case.Request) request).headers().getOrDefault("Idempotency-Key", ""))
                .filter(key -> !key.isEmpty())
                .collect(Collectors.toSet());
        int ordinal =
                keys.stream().mapToInt(key -> taken.getOrDefault(key, 0)).max().orElse(0);
        keys.forEach(key -> taken.put(key, ordinal + 1));
        return ordinal;
    }

    /** The nearest one beside or above the file, below the working directory; null when there is none. */
    private @Nullable Path configuration(Path file) {
        if (sources.file() != null) {
            return null;
        }
        Path working = sources.workingDirectory().toAbsolutePath().normalize();
        Path absolute = working.resolve(file).normalize();
        for (Path folder = absolute.getParent();
                folder != null && !folder.equals(working);
                folder = folder.getParent()) {
            Path found = folder.resolve(PROPERTIES);
            if (Files.isRegularFile(found)) {
                return found.startsWith(working) ? working.relativize(found) : found;
            }
        }
        return null;
    }

    private static ThreadFactory daemons() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "case-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** The cases of one setting, on a stage of their own. */
    private final class Group {
        private final StubServer stubs;
        private final ExecutorService threads;
        private final Consumer<CaseResult> listener;

        Group(StubServer stubs, ExecutorService threads, Consumer<CaseResult> listener) {
            this.stubs = stubs;
            this.threads = threads;
            this.listener = listener;
        }

        void run(Setting setting, List<Case> cases) {
            Path configuration = setting.configuration();
            ConfigurationSources used = configuration == null ? sources : sources.withFile(configuration);
            try (Stage stage = Stage.start(stubs, used, cases)) {
                runOn(stage, cases);
            } catch (ConfigurationException | StartException | IOException e) {
                cases.forEach(one -> listener.accept(unfinished(one, String.valueOf(e.getMessage()))));
            }
        }

        private void runOn(Stage stage, List<Case> cases) {
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .executor(threads)
                    .build();
            Semaphore slots = new Semaphore(CASES_AT_ONCE);
            List<CompletableFuture<Void>> runs = new ArrayList<>();
            for (Case one : cases) {
                slots.acquireUninterruptibly();
                runs.add(CompletableFuture.runAsync(() -> run(one, stage, client), threads)
                        .whenComplete((done, failure) -> slots.release()));
            }
            runs.forEach(CompletableFuture::join);
        }

        private void run(Case one, Stage stage, HttpClient client) {
            try {
                listener.accept(CaseRun.run(one, stage, client));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
