package io.tandem.observe;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.tandem.config.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where meters are kept: for Prometheus, who comes and reads them, and for a collector, if there is one, which they are
 * sent to. Has those of the JVM from the start. Thread-safe.
 */
public final class Registries implements AutoCloseable {
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final PrometheusMeterRegistry prometheus;
    private final MeterRegistry all;

    /** @param tracing where exemplars come from */
    public Registries(Settings.Telemetry telemetry, Tracing tracing) {
        prometheus = telemetry.sample() > 0
                ? new PrometheusMeterRegistry(
                        new OnBuckets(), new PrometheusRegistry(), Clock.SYSTEM, tracing.current())
                : new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        all = telemetry.otlp().metrics()
                ? new CompositeMeterRegistry()
                        .add(prometheus)
                        .add(new OtlpMeterRegistry(new Collector(telemetry.otlp()), Clock.SYSTEM))
                : prometheus;
        new JvmMemoryMetrics().bindTo(all);
        new JvmThreadMetrics().bindTo(all);
        new ClassLoaderMetrics().bindTo(all);
        new ProcessorMetrics().bindTo(all);
        new FileDescriptorMetrics().bindTo(all);
        new UptimeMetrics().bindTo(all);
        collections.bindTo(all);
    }

    /** Where meters are made. */
    public MeterRegistry all() {
        return all;
    }

    /** What Prometheus reads. */
    public PrometheusMeterRegistry prometheus() {
        return prometheus;
    }

    /** Sends what there is to the collector, and no more after that. */
    @Override
    public void close() {
        collections.close();
        all.close();
    }

    /** Exemplars where OpenMetrics has them: those at a histogram's count make Prometheus refuse all of it. */
    private static final class OnBuckets implements PrometheusConfig {
        @Override
        public @Nullable String get(String key) {
            return null;
        }

        @Override
        public Properties prometheusProperties() {
            Properties properties = new Properties();
            properties.setProperty("io.prometheus.exporter.exemplarsOnAllMetricTypes", "false");
            return properties;
        }
    }

    private record Collector(Settings.Otlp otlp) implements OtlpConfig {
        @Override
        public @Nullable String get(String key) {
            return null;
        }

        @Override
        public String url() {
            return otlp.url() + "/v1/metrics";
        }

        @Override
        public Duration step() {
            return otlp.interval();
        }

        @Override
        public Map<String, String> headers() {
            return otlp.authorization() == null
                    ? Map.of()
                    : Map.of("Authorization", otlp.authorization().value());
        }

        @Override
        public Map<String, String> resourceAttributes() {
            return Map.of("service.name", "tandem");
        }
    }
}
