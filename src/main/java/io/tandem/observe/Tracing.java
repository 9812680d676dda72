package io.tandem.observe;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.message.Span;
import io.tandem.message.TraceContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides which messages are traced, and sends their spans to a collector. When there is no more room for spans, since
 * the collector doesn't keep up, they are dropped. Thread-safe.
 */
public final class Tracing implements AutoCloseable {
    private static final int MOST_WAITING = 16_384;
    private static final int MOST_AT_ONCE = 1024;
    private static final Duration DELAY = Duration.ofSeconds(1);

    private final double sample;
    private final @Nullable SdkTracerProvider provider;
    private final @Nullable Tracer tracer;
    private final CurrentTrace current = new CurrentTrace();

    public Tracing(Settings.Telemetry telemetry) {
        this(telemetry.sample(), telemetry.sample() > 0 ? provider(telemetry.otlp()) : null);
    }

    private Tracing(double sample, @Nullable SdkTracerProvider provider) {
        this.sample = sample;
        this.provider = provider;
        this.tracer = provider == null ? null : provider.get("io.tandem");
    }

    /** Traces nothing. */
    static Tracing off() {
        return new Tracing(0, null);
    }

    private static SdkTracerProvider provider(Settings.Otlp otlp) {
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder().setEndpoint(otlp.url() + "/v1/traces");
        Secret authorization = otlp.authorization();
        if (authorization != null) {
            exporter.setHeaders(() -> Map.of("Authorization", authorization.value()));
        }
        return SdkTracerProvider.builder()
                .setResource(Resource.create(
                        Attributes.builder().put("service.name", "tandem").build()))
                // what gets as far as that has been decided on
                .setSampler(Sampler.alwaysOn())
                .addSpanProcessor(BatchSpanProcessor.builder(new ToldExporter(exporter.build()))
                        .setMaxQueueSize(MOST_WAITING)
                        .setMaxExportBatchSize(MOST_AT_ONCE)
                        .setScheduleDelay(DELAY)
                        .build())
                .build();
    }

    /** For exemplars. */
    CurrentTrace current() {
        return current;
    }

    /**
     * The span of a message.
     *
     * @param traceparent what its caller says, who decides whether its own trace is recorded; or null
     */
    Span message(String entry, @Nullable String traceparent, long sinceNanos) {
        TraceContext context = TraceContext.continueOrRoot(traceparent);
        if (tracer == null) {
            return Span.unrecorded(context);
        }
        boolean continued = traceparent != null && traceparent.startsWith(context.traceId(), 3);
        if (continued ? !context.isSampled() : !isChosen()) {
            return Span.unrecorded(context);
        }
        SpanKind kind = entry.equals("http") ? SpanKind.SERVER : SpanKind.CONSUMER;
        Context parent = continued ? remote(context) : Context.root();
        SpanBuilder span =
                tracer.spanBuilder("message " + entry).setSpanKind(kind).setParent(parent);
        if (continued && kind == SpanKind.CONSUMER) {
            link(span, parent);
        }
        return RecordedSpan.root(tracer, span, sinceNanos);
    }

    /** The span of handing something about a message to a topic. */
    Span sending(String destination, TraceContext cause) {
        if (tracer == null || !cause.isSampled()) {
            return Span.unrecorded(cause.child());
        }
        SpanBuilder span = tracer.spanBuilder("send " + destination)
                .setSpanKind(SpanKind.PRODUCER)
                .setParent(remote(cause));
        return RecordedSpan.root(tracer, span, System.nanoTime());
    }

    /** The span of a message that has been here before, in the trace that it had; null when that isn't recorded. */
    @Nullable
    Span resumed(TraceContext before) {
        if (tracer == null || !before.isSampled()) {
            return null;
        }
        Context parent = remote(before);
        SpanBuilder span =
                tracer.spanBuilder("redeliver").setSpanKind(SpanKind.CONSUMER).setParent(parent);
        link(span, parent);
        return RecordedSpan.root(tracer, span, System.nanoTime());
    }

    /** A call of a token endpoint: within the delivery that needs the token, else in a trace of its own. */
    Span tokenCall(String source) {
        if (tracer == null) {
            return Span.unrecorded(TraceContext.root());
        }
        Context cause = Context.current();
        boolean caused = io.opentelemetry.api.trace.Span.fromContext(cause)
                .getSpanContext()
                .isValid();
        if (!caused && !isChosen()) {
            return Span.unrecorded(TraceContext.root());
        }
        SpanBuilder span = tracer.spanBuilder("token call " + source)
                .setSpanKind(SpanKind.CLIENT)
                .setParent(cause);
        return RecordedSpan.root(tracer, span, System.nanoTime());
    }

    private boolean isChosen() {
        return ThreadLocalRandom.current().nextDouble() < sample;
    }

    /** As the conventions for messaging want it, whatever the parent is. */
    private static void link(SpanBuilder span, Context producer) {
        span.addLink(io.opentelemetry.api.trace.Span.fromContext(producer).getSpanContext());
    }

    private static Context remote(TraceContext context) {
        return Context.root()
                .with(io.opentelemetry.api.trace.Span.wrap(SpanContext.createFromRemoteParent(
                        context.traceId(), context.spanId(), TraceFlags.getSampled(), TraceState.getDefault())));
    }

    /** Sends what there is. */
    @Override
    public void close() {
        if (provider != null) {
            provider.shutdown().join(DELAY.toMillis() * 5, TimeUnit.MILLISECONDS);
        }
    }
}
