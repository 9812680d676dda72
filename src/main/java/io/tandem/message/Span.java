package io.tandem.message;

import java.util.function.Supplier;

/**
 * A step on a message's way, as traces show it. Nothing that callers or targets send belongs in one. Thread-safe; nothing
 * in it waits or throws, and one that isn't recorded costs nothing.
 */
public interface Span {

    /** Where it is in its trace: what {@code traceparent} says to whoever is called by it. */
    TraceContext context();

    /** Whether anybody will see it; if not, there is no need to tell it anything. */
    boolean isRecorded();

    /** A step within this one, which starts now. */
    Span step(String name);

    /** A call of somebody else within this one, which starts now: has a context of its own in any case. */
    Span call(String name);

    /** A step within this one that began at {@code sinceNanos} of {@link System#nanoTime()}, and ends now. */
    void past(String name, long sinceNanos);

    /** Is called that, rather than what it was called when it began. */
    void name(String name);

    /** Says something of it. */
    void tag(String key, String value);

    /** Says something of it. */
    void tag(String key, long value);

    /** It has not gone well. */
    void fail(String reason);

    /** It ends now. */
    void end();

    /** Does something that may cause steps of its own elsewhere, such as a token call. */
    <T> T during(Supplier<T> work);

    /** One that nobody will see. */
    static Span unrecorded(TraceContext context) {
        return new UnrecordedSpan(context);
    }
}
