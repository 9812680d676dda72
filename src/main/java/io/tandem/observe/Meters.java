package io.tandem.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Makes the meters of {@link TandemMeter}, each once. Thread-safe. */
public final class Meters {
    /** From what a target on the same machine needs to what a caller's deadline allows. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private record Key(TandemMeter meter, String first, String second) {}

    private final MeterRegistry registry;
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();
    private final Map<Key, Counter> counters = new ConcurrentHashMap<>();

    public Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A timer with histogram buckets; one value per tag of {@code meter}, in their order. */
    public Timer timer(TandemMeter meter, String first, String second) {
        Key key = new Key(meter, first, second);
        Timer known = timers.get(key);
        return known != null
                ? known
                : timers.computeIfAbsent(key, k -> Timer.builder(meter.meterName())
                        .description(meter.description())
                        .tags(tags(meter, first, second))
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry));
    }

    /** A timer with one tag. */
    public Timer timer(TandemMeter meter, String value) {
        return timer(meter, value, "");
    }

    /** A counter with two tags. */
    public Counter counter(TandemMeter meter, String first, String second) {
        Key key = new Key(meter, first, second);
        Counter known = counters.get(key);
        return known != null
                ? known
                : counters.computeIfAbsent(key, k -> Counter.builder(meter.meterName())
                        .description(meter.description())
                        .tags(tags(meter, first, second))
                        .register(registry));
    }

    /** A counter with one tag. */
    public Counter counter(TandemMeter meter, String value) {
        return counter(meter, value, "");
    }

    /** A gauge that asks {@code value} when it is scraped. */
    public void gauge(TandemMeter meter, Supplier<Number> value, String... tagValues) {
        Gauge.builder(meter.meterName(), value)
                .description(meter.description())
                .tags(tags(meter, tagValues))
                .register(registry);
    }

    /** Forgets all meters that have a tag with this value. */
    public void forget(String tag, String value) {
        for (Meter meter : registry.getMeters()) {
            if (value.equals(meter.getId().getTag(tag))) {
                registry.remove(meter);
                timers.values().removeIf(meter::equals);
                counters.values().removeIf(meter::equals);
            }
        }
    }

    /** A counter that somebody else keeps, and that is asked when it is scraped. */
    public void counter(TandemMeter meter, Supplier<Number> value, String... tagValues) {
        // Micrometer holds what it asks but weakly, and a supplier is nobody else's: so it asks what never goes away
        FunctionCounter.builder(meter.meterName(), meter, asked -> value.get().doubleValue())
                .description(meter.description())
                .tags(tags(meter, tagValues))
                .register(registry);
    }

    private static Tags tags(TandemMeter meter, String... values) {
        Tags tags = Tags.empty();
        for (int i = 0; i < meter.tags().size(); i++) {
            tags = tags.and(meter.tags().get(i), values[i]);
        }
        return tags;
    }
}
