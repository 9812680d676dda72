package io.tandem.app;

import io.tandem.config.Fault;
import io.tandem.config.Settings;
import io.tandem.entry.folder.FolderEntry;
import io.tandem.entry.kafka.KafkaEntry;
import io.tandem.journal.Backlog;
import io.tandem.journal.GuaranteedDelivery;
import io.tandem.oauth2.TokenFailure;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenStatus;
import io.tandem.observe.Health;
import io.tandem.observe.MessageWatch;
import io.tandem.status.Samples;
import io.tandem.status.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Says how the application is, for the status page. Thread-safe. */
final class StatusReport {
    /** Whom it asks. */
    record Sources(
            Health health,
            MessageWatch watch,
            Samples samples,
            FolderEntry folder,
            @Nullable KafkaEntry kafka,
            Reloads reloads,
            Supplier<@Nullable RouteSet> routes) {}

    private record Drawn(RouteSet routes, Generation by, RouteGraph graph) {}

    private final Sources sources;
    private final Clock clock;
    private final Instant since;
    private volatile @Nullable Drawn drawn;

    StatusReport(Sources sources, Clock clock) {
        this.sources = sources;
        this.clock = clock;
        this.since = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** How it is by this configuration. Blocks for as long as it takes to look into the inbox. */
    Status now(Generation by) {
        Settings settings = by.settings();
        Samples.Traffic traffic = sources.samples().traffic();
        Map<String, Samples.Rates> rates = new LinkedHashMap<>();
        settings.targets()
                .keySet()
                .forEach(name -> rates.put(name, sources.samples().rates(name)));
        List<Health.Check> checks = sources.health().ready();
        String version = StatusReport.class.getPackage().getImplementationVersion();
        return new Status(
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                since,
                version == null ? "development" : version,
                settings.completion(),
                settings.shape(),
                checks.stream().allMatch(Health.Check::up),
                checks.stream()
                        .filter(check -> !check.up())
                        .map(StatusReport::reason)
                        .toList(),
                sources.watch().inFlight(),
                traffic,
                by.targets().parts().values().stream()
                        .map(part -> target(part, by.delivery(), rates))
                        .toList(),
                journal(by.delivery()),
                inbox(settings.inbox()),
                sources.kafka() == null ? null : sources.kafka().progress(),
                reload(settings),
                routes(by, traffic, rates));
    }

    private static String reason(Health.Check check) {
        StringBuilder reason = new StringBuilder(check.name());
        String separator = ": ";
        for (Map.Entry<String, String> detail : check.data().entrySet()) {
            reason.append(separator).append(detail.getKey()).append(": ").append(detail.getValue());
            separator = "; ";
        }
        return reason.toString();
    }

    private static Status.Target target(
            Targets.Part part, GuaranteedDelivery delivery, Map<String, Samples.Rates> rates) {
        String name = part.settings().name();
        Backlog backlog = delivery.journal().backlog(name);
        return new Status.Target(
                name,
                part.guard().breakerState(),
                part.client().leased(),
                part.guard().waiting(),
                part.guard().retriesMade(),
                backlog.pending(),
                backlog.dead(),
                backlog.oldest(),
                token(part.tokens()),
                rates.getOrDefault(name, new Samples.Rates(0, 0, 0, null, null)));
    }

    private static Status.@Nullable Token token(@Nullable TokenSource source) {
        if (source == null) {
            return null;
        }
        TokenStatus status = source.status();
        TokenFailure failure = status.lastFailure();
        return new Status.Token(
                status.usable(),
                seconds(status.age()),
                seconds(status.remaining()),
                status.failures(),
                failure == null ? null : failure.diagnosis());
    }

    private static @Nullable Double seconds(@Nullable Duration duration) {
        return duration == null ? null : (Double) (duration.toMillis() / 1000.0);
    }

    private static Status.Journal journal(GuaranteedDelivery delivery) {
        return new Status.Journal(
                delivery.journal().pendingMessages(), delivery.unavailable(), delivery.removedTargets());
    }

    private Status.Inbox inbox(Settings.Inbox settings) {
        if (!settings.enabled()) {
            return new Status.Inbox(false, 0, null, List.of());
        }
        FolderEntry folder = sources.folder();
        return new Status.Inbox(true, folder.waiting(), folder.unavailable(), folder.progress());
    }

    private Status.Reload reload(Settings settings) {
        Reloads reloads = sources.reloads();
        Reloads.Attempt refusal = reloads.refusal();
        return new Status.Reload(
                settings.reload(),
                reloads.runningSince(),
                refusal == null ? null : edit(refusal),
                reloads.latest().stream().map(StatusReport::edit).toList(),
                wrong(reloads.atNextStart()));
    }

    private static Status.Edit edit(Reloads.Attempt attempt) {
        return new Status.Edit(attempt.at(), attempt.files(), attempt.took().toMillis(), wrong(attempt.faults()));
    }

    private static List<Status.Wrong> wrong(List<Fault> faults) {
        return faults.stream().map(Status.Wrong::of).toList();
    }

    private Status.Routes routes(Generation by, Samples.Traffic traffic, Map<String, Samples.Rates> rates) {
        RouteSet running = sources.routes().get();
        if (running == null) {
            return new Status.Routes(List.of(), List.of());
        }
        Drawn last = drawn;
        if (last == null || last.routes() != running || last.by() != by) {
            last = new Drawn(running, by, RouteGraph.of(running.context(), by.settings()));
            drawn = last;
        }
        return last.graph().with(traffic, rates);
    }
}
