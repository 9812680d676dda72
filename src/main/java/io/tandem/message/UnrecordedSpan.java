package io.tandem.message;

import java.util.function.Supplier;

/** Passes a trace on, and no more. Immutable. */
record UnrecordedSpan(TraceContext context) implements Span {
    @Override
    public boolean isRecorded() {
        return false;
    }

    @Override
    public Span step(String name) {
        return this;
    }

    @Override
    public Span call(String name) {
        return new UnrecordedSpan(context.child());
    }

    @Override
    public void past(String name, long sinceNanos) {
        // nobody will see it
    }

    @Override
    public void name(String name) {
        // nobody will see it
    }

    @Override
    public void tag(String key, String value) {
        // nobody will see it
    }

    @Override
    public void tag(String key, long value) {
        // nobody will see it
    }

    @Override
    public void fail(String reason) {
        // nobody will see it
    }

    @Override
    public void end() {
        // nobody will see it
    }

    @Override
    public <T> T during(Supplier<T> work) {
        return work.get();
    }
}
