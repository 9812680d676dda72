package io.tandem.oauth2;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes only when a test says so; what falls due runs on the test's thread. */
final class ManualTime implements TimeSource {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private record Task(long at, Runnable run) {}

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at));
    // close to the overflow, so that a comparison without subtraction shows
    private long nanos = Long.MAX_VALUE - 1_000_000_000L;
    private long passed;

    @Override
    public synchronized long nanos() {
        return nanos + passed;
    }

    @Override
    public synchronized Instant now() {
        return START.plusNanos(passed);
    }

    @Override
    public synchronized Scheduled schedule(Duration delay, Runnable task) {
        Task added = new Task(passed + delay.toNanos(), task);
        tasks.add(added);
        return () -> cancel(added);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    synchronized int scheduled() {
        return tasks.size();
    }

    void advance(Duration by) {
        long end;
        synchronized (this) {
            end = passed + by.toNanos();
        }
        for (Task due = next(end); due != null; due = next(end)) {
            due.run().run();
        }
        synchronized (this) {
            passed = end;
        }
    }

    private synchronized Task next(long end) {
        Task first = tasks.peek();
        if (first == null || first.at() > end) {
            return null;
        }
        tasks.remove();
        passed = Math.max(passed, first.at());
        return first;
    }
}
