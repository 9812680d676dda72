package io.tandem.observe;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.tandem.message.Span;
import io.tandem.message.TraceContext;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A span of OpenTelemetry. All spans of a message take their times from one reading of the clock. Thread-safe. */
final class RecordedSpan implements Span {
    private final Tracer tracer;
    private final long clockOffset;
    private final io.opentelemetry.api.trace.Span span;
    private final TraceContext context;

    private RecordedSpan(Tracer tracer, long clockOffset, io.opentelemetry.api.trace.Span span) {
        this.tracer = tracer;
        this.clockOffset = clockOffset;
        this.span = span;
        SpanContext own = span.getSpanContext();
        this.context = new TraceContext(
                own.getTraceId(), own.getSpanId(), own.getTraceFlags().asHex());
    }

    /** One that began at {@code sinceNanos} of {@link System#nanoTime()}. */
    static RecordedSpan root(Tracer tracer, SpanBuilder span, long sinceNanos) {
        Instant now = Instant.now();
        long offset = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - System.nanoTime();
        return new RecordedSpan(
                tracer,
                offset,
                span.setStartTimestamp(offset + sinceNanos, TimeUnit.NANOSECONDS)
                        .startSpan());
    }

    @Override
    public TraceContext context() {
        return context;
    }

    @Override
    public boolean isRecorded() {
        return true;
    }

    @Override
    public Span step(String name) {
        return child(name, SpanKind.INTERNAL, System.nanoTime());
    }

    @Override
    public Span call(String name) {
        return child(name, SpanKind.CLIENT, System.nanoTime());
    }

    private RecordedSpan child(String name, SpanKind kind, long sinceNanos) {
        return new RecordedSpan(
                tracer,
                clockOffset,
                tracer.spanBuilder(name)
                        .setSpanKind(kind)
                        .setParent(Context.root().with(span))
                        .setStartTimestamp(clockOffset + sinceNanos, TimeUnit.NANOSECONDS)
                        .startSpan());
    }

    @Override
    public void past(String name, long sinceNanos) {
        child(name, SpanKind.INTERNAL, sinceNanos).end();
    }

    @Override
    public void name(String name) {
        span.updateName(name);
    }

    @Override
    public void tag(String key, String value) {
        span.setAttribute(key, value);
    }

    @Override
    public void tag(String key, long value) {
        span.setAttribute(key, value);
    }

    @Override
    public void fail(String reason) {
        span.setStatus(StatusCode.ERROR, reason);
    }

    @Override
    public void end() {
        span.end(clockOffset + System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public <T> T during(Supplier<T> work) {
        return Context.root().with(span).wrapSupplier(work).get();
    }
}
