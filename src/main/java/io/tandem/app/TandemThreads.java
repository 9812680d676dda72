package io.tandem.app;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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

    private static ExecutorService pool(String name, int size) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                0, size, 30, TimeUnit.SECONDS, new HandOffQueue(), factory, (task, rejecting) -> {
                    if (rejecting.isShutdown()) {
                        throw new RejectedExecutionException("Tandem is shutting down");
                    }
                    rejecting.getQueue().add(task);
                });
        return pool;
    }

    /**
     * Makes the pool grow before it queues: takes a task only if a thread waits for one, else the pool starts a thread,
     * or, at its limit, comes back with {@link #add}. Bounded by the messages in flight, which the entries limit.
     */
    private static final class HandOffQueue extends LinkedTransferQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }

        @Override
        public boolean add(Runnable task) {
            return super.offer(task);
        }
    }
}
