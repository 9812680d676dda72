package io.tandem.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines to standard output on a thread of its own, those that have come meanwhile by one write. Bounded: when the
 * output can't keep up, lines are dropped, and nobody waits. Where and by which thread something was logged is not
 * kept. Thread-safe once started.
 */
public final class BatchingAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int MOST_AT_ONCE = 1024;

    /** What is still waiting at the end is written within that time, or not at all. */
    private static final long PATIENCE_MILLIS = 1000;

    /** While many lines come, each write waits for so long, for more of them. */
    private static final long GATHERING_MILLIS = 5;

    private int queueSize = 8192;
    private @Nullable Encoder<ILoggingEvent> encoder;
    private @Nullable BlockingQueue<ILoggingEvent> queue;
    private @Nullable Thread writer;

    /** How many lines may wait; beyond, they are dropped. */
    public void setQueueSize(int lines) {
        queueSize = lines;
    }

    /** What makes a line of an event; used by one thread at a time. */
    public void setEncoder(Encoder<ILoggingEvent> how) {
        encoder = how;
    }

    @Override
    public void start() {
        Encoder<ILoggingEvent> how = encoder;
        if (how == null) {
            addError("the appender " + getName() + " has no encoder");
            return;
        }
        BlockingQueue<ILoggingEvent> waiting = new ArrayBlockingQueue<>(queueSize);
        queue = waiting;
        super.start();
        Thread thread = new Thread(() -> run(waiting, how), "tandem-access-log");
        thread.setDaemon(true);
        writer = thread;
        thread.start();
    }

    @Override
    public void stop() {
        Thread thread = writer;
        if (!isStarted() || thread == null) {
            return;
        }
        super.stop();
        thread.interrupt();
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    @SuppressWarnings("CheckReturnValue") // what does not fit is dropped
    protected void append(ILoggingEvent event) {
        BlockingQueue<ILoggingEvent> waiting = queue;
        if (waiting != null) {
            waiting.offer(event);
        }
    }

    private void run(BlockingQueue<ILoggingEvent> waiting, Encoder<ILoggingEvent> how) {
        List<ILoggingEvent> batch = new ArrayList<>(MOST_AT_ONCE);
        try {
            while (isStarted()) {
                batch.add(waiting.take());
                waiting.drainTo(batch, MOST_AT_ONCE - 1);
                boolean busy = batch.size() > 1;
                write(batch, how);
                if (busy) {
                    TimeUnit.MILLISECONDS.sleep(GATHERING_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            addInfo("stopped");
        }
        // what has come by now is still written
        waiting.drainTo(batch);
        write(batch, how);
    }

    /** Looks standard output up each time: whoever takes it over gets what is written from then on. */
    private void write(List<ILoggingEvent> batch, Encoder<ILoggingEvent> how) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(256 * batch.size());
        for (ILoggingEvent event : batch) {
            try {
                lines.writeBytes(how.encode(event));
            } catch (RuntimeException e) {
                // one line less, and no end of all others
                addError("a line could not be made", e);
            }
        }
        try {
            OutputStream out = ConsoleTarget.SystemOut.getStream();
            lines.writeTo(out);
            out.flush();
        } catch (IOException e) {
            addError("lines could not be written", e);
        }
        batch.clear();
    }
}
