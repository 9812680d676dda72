package io.tandem.status;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The last few of what there were many of. Thread-safe, without locks. */
final class Ring<T> {
    private final AtomicReferenceArray<T> places;
    private final AtomicLong next = new AtomicLong();

    /** @param size a power of two */
    Ring(int size) {
        if (Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException(size + " is no power of two");
        }
        places = new AtomicReferenceArray<>(size);
    }

    void add(T one) {
        places.set(place(next.getAndIncrement()), one);
    }

    /** What is there, the latest first. */
    List<T> latest() {
        List<T> latest = new ArrayList<>(places.length());
        long end = next.get();
        for (long i = end - 1; i >= Math.max(0, end - places.length()); i--) {
            T one = places.get(place(i));
            if (one != null) {
                latest.add(one);
            }
        }
        return latest;
    }

    private int place(long number) {
        return (int) (number & (places.length() - 1));
    }
}
