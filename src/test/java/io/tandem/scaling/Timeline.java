package io.tandem.scaling;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;

/** Events in the order of their times, and what messages wait for. Not thread-safe. */
final class Timeline {
    private static final Comparator<Event> ORDER =
            Comparator.comparingDouble(Event::at).thenComparingLong(Event::number);

    private final PriorityQueue<Event> events = new PriorityQueue<>(ORDER);
    private long number;
    private double now;

    private record Event(double at, long number, Runnable action) {}

    /** In seconds. */
    double now() {
        return now;
    }

    /** @param at not before now */
    void at(double at, Runnable action) {
        events.add(new Event(at, number++, action));
    }

    /** Until nothing is left to happen. */
    void run() {
        for (Event next = events.poll(); next != null; next = events.poll()) {
            now = next.at();
            next.action().run();
        }
    }

    /** A number of servers with one queue: processors, or places at a target. */
    Station station(int servers) {
        return new Station(servers);
    }

    /** One that writes, group by group. */
    Writer writer(Deployment.Journal journal) {
        return new Writer(journal);
    }

    final class Station {
        private final Deque<Runnable> waiting = new ArrayDeque<>();
        private int free;

        private Station(int servers) {
            this.free = servers;
        }

        /** Waits for a server, keeps it for so long, and goes on. */
        void serve(double seconds, Runnable then) {
            if (free == 0) {
                waiting.add(() -> begin(seconds, then));
            } else {
                free--;
                begin(seconds, then);
            }
        }

        private void begin(double seconds, Runnable then) {
            at(now + seconds, () -> {
                Runnable next = waiting.poll();
                if (next == null) {
                    free++;
                } else {
                    next.run();
                }
                then.run();
            });
        }
    }

    final class Writer {
        private final Deployment.Journal journal;
        private final Deque<Runnable> waiting = new ArrayDeque<>();
        private boolean busy;

        private Writer(Deployment.Journal journal) {
            this.journal = journal;
        }

        /** Goes on when it is on disk. */
        void write(Runnable then) {
            waiting.add(then);
            if (!busy) {
                begin();
            }
        }

        private void begin() {
            busy = true;
            Deque<Runnable> group = new ArrayDeque<>();
            while (group.size() < journal.most() && !waiting.isEmpty()) {
                group.add(waiting.remove());
            }
            at(now + journal.sync() + group.size() * journal.perWrite(), () -> {
                busy = false;
                if (!waiting.isEmpty()) {
                    begin();
                }
                group.forEach(Runnable::run);
            });
        }
    }
}
