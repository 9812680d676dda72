package io.tandem.entry.folder;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Bounds the records in flight over all files of the inbox, without blocking a thread, and fairly: whoever has to wait
 * is handed the next free place in the order of asking, so that a small file is not held up by a large one.
 * Thread-safe.
 */
final class Window {
    /** Asks for places. */
    interface Waiter {
        /** A place is reserved: the next {@link Window#tryEnter} has it. */
        void placeFree();
    }

    private final Set<Waiter> waiting = new LinkedHashSet<>();
    private final Set<Waiter> reserved = new HashSet<>();
    private int free;

    Window(int places) {
        this.free = places;
    }

    /** Takes a place; when there is none, {@link Waiter#placeFree} is called once there is. */
    synchronized boolean tryEnter(Waiter waiter) {
        if (reserved.remove(waiter)) {
            return true;
        }
        if (free == 0) {
            waiting.add(waiter);
            return false;
        }
        free--;
        return true;
    }

    /** Gives a place back. */
    void exit() {
        Waiter next;
        synchronized (this) {
            Iterator<Waiter> first = waiting.iterator();
            if (!first.hasNext()) {
                free++;
                return;
            }
            next = first.next();
            first.remove();
            reserved.add(next);
        }
        next.placeFree();
    }

    /** Asks for no more places. */
    void leave(Waiter waiter) {
        boolean given;
        synchronized (this) {
            waiting.remove(waiter);
            given = reserved.remove(waiter);
        }
        if (given) {
            exit();
        }
    }
}
