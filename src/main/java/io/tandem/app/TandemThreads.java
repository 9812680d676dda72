package io.tandem.app;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The threads that carry messages: virtual ones where the JDK has them (21+), else a bounded pool. */
final class TandemThreads {
    /** More platform threads than this cost more than they bring. */
    private static final int MAX_PLATFORM_THREADS = 2048;

    private TandemThreads() {}

    /**
     * An executor whose tasks may block.
     *
     * @param concurrency tasks that may have to run at the same time; bounds the pool where threads are dear
     */
    static ExecutorService blocking(String name, int concurrency) {
        try {
            // release 17 is compiled against; the method is there since 21
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException e) {
            return pool(name, Math.min(concurrency, MAX_PLATFORM_THREADS));
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("virtual threads could not be used", e);
        }
    }

    /** Bounds an executor of {@link #blocking} anew. */
    static void resize(ExecutorService executor, int concurrency) {
        if (executor instanceof ThreadPoolExecutor pool) {
            pool.setMaximumPoolSize(Math.min(concurrency, MAX_PLATFORM_THREADS));
        }
    }

    /** A bounded pool of platform threads; beyond its size, tasks wait. */
    static ExecutorService pool(String name, int size) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        return new ThreadPoolExecutor(0, size, 30, TimeUnit.SECONDS, new HandOffQueue(), factory, (task, rejecting) -> {
            if (rejecting.isShutdown()) {
                throw new RejectedExecutionException("Tandem is shutting down");
            }
            rejecting.getQueue().add(task);
        });
    }

    /**
     * Makes the pool grow before it queues: takes a task only if a thread waits for one, else the pool starts a thread,
     * or, at its limit, comes back with {@link #add}. The thread that began to wait last gets the next task: few threads
     * are in use then, and their memory is still in the processor's cache. Bounded by the messages in flight, which the
     * entries limit. For a pool without core threads: their {@link #take} would not see what is handed to them.
     */
    private static final class HandOffQueue extends LinkedBlockingQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        /** Tells a thread that waits to look for what was added; never run. */
        private static final Runnable LOOK = new FutureTask<>(() -> null);

        private final transient SynchronousQueue<Runnable> waiting = new SynchronousQueue<>();
        private final AtomicInteger idle = new AtomicInteger();

        @Override
        public boolean offer(Runnable task) {
            return waiting.offer(task);
        }

        @Override
        public boolean add(Runnable task) {
            super.offer(task);
            // a thread that has not seen it is about to wait, or has given up to
            while (idle.get() > 0 && !isEmpty() && !waiting.offer(LOOK)) {
                Thread.onSpinWait();
            }
            return true;
        }

        @Override
        public @Nullable Runnable poll(long time, TimeUnit unit) throws InterruptedException {
            idle.incrementAndGet();
            try {
                Runnable added = poll();
                Runnable task = added == null ? waiting.poll(time, unit) : added;
                return task == LOOK ? poll() : task;
            } finally {
                idle.decrementAndGet();
            }
        }
    }
}
