package io.tandem.app;

import io.tandem.journal.Backlog;
import io.tandem.observe.MessageWatch;
import io.tandem.observe.Meters;
import io.tandem.observe.TandemMeter;
import io.tandem.target.TargetClient;
import io.tandem.target.TargetGuard;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The meters of targets, which come and go with them. Thread-safe. */
final class TargetMeters {
    private static final List<String> BREAKER_STATES = List.of("closed", "open", "half-open");

    private final Meters meters;
    private final MessageWatch watch;
    private final Function<String, Backlog> backlog;
    private final Set<String> known = new HashSet<>();
    private volatile Targets targets = Targets.none();

    /** @param backlog of a target in the journal */
    TargetMeters(Meters meters, MessageWatch watch, Function<String, Backlog> backlog) {
        this.meters = meters;
        this.watch = watch;
        this.backlog = backlog;
    }

    /** Measures these from now on, and those as well that were there before. */
    synchronized void add(Targets next) {
        targets = next;
        for (String name : next.parts().keySet()) {
            if (known.add(name)) {
                watch.watch(name);
                meters.gauge(TandemMeter.CONNECTIONS, () -> ofClient(name, TargetClient::leased), name, "leased");
                meters.gauge(TandemMeter.CONNECTIONS, () -> ofClient(name, TargetClient::pending), name, "pending");
                addGuard(name);
                meters.gauge(
                        TandemMeter.JOURNAL_DELIVERIES,
                        () -> backlog.apply(name).pending(),
                        name,
                        "pending");
                meters.gauge(
                        TandemMeter.JOURNAL_DELIVERIES,
                        () -> backlog.apply(name).dead(),
                        name,
                        "dead");
                meters.gauge(
                        TandemMeter.JOURNAL_OLDEST,
                        () -> secondsSince(backlog.apply(name).oldest()),
                        name);
            }
        }
    }

    private void addGuard(String name) {
        meters.counter(TandemMeter.RETRIES, () -> ofGuard(name, TargetGuard::retriesMade), name, "made");
        meters.counter(TandemMeter.RETRIES, () -> ofGuard(name, TargetGuard::retriesWithheld), name, "withheld");
        meters.counter(TandemMeter.LIMITED, () -> ofGuard(name, TargetGuard::limited), name);
        meters.gauge(TandemMeter.BULKHEAD, () -> ofGuard(name, TargetGuard::inFlight), name, "in-flight");
        meters.gauge(TandemMeter.BULKHEAD, () -> ofGuard(name, TargetGuard::waiting), name, "waiting");
        meters.gauge(TandemMeter.RATE_WAITING, () -> ofGuard(name, TargetGuard::waitingForTurn), name);
        BREAKER_STATES.forEach(state -> meters.gauge(
                TandemMeter.BREAKER,
                () -> ofGuard(name, guard -> state.equals(guard.breakerState()) ? 1 : 0),
                name,
                state));
    }

    private long ofGuard(String name, ToLongFunction<TargetGuard> part) {
        Targets.Part target = targets.parts().get(name);
        return target == null ? 0 : part.applyAsLong(target.guard());
    }

    /** Measures no others any more. */
    synchronized void forgetOthers() {
        for (String name : Set.copyOf(known)) {
            if (!targets.parts().containsKey(name)) {
                known.remove(name);
                watch.forget(name);
                meters.forget("target", name);
            }
        }
    }

    private int ofClient(String name, ToIntFunction<TargetClient> part) {
        Targets.Part target = targets.parts().get(name);
        return target == null ? 0 : part.applyAsInt(target.client());
    }

    private static Number secondsSince(@Nullable Instant time) {
        return time == null
                ? 0
                : Math.max(0, Duration.between(time, Instant.now()).toMillis() / 1000.0);
    }
}
