package io.tandem.proof;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every request that the targets got, in the order in which they came. Thread-safe. */
public final class Ledger {
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Map<String, Integer> times = new HashMap<>();

    /** How often the target will have got this body, with the request that is being read. */
    public synchronized int next(String target, String body) {
        return times.merge(target + " " + body, 1, Integer::sum);
    }

    public synchronized void add(Arrival arrival) {
        arrivals.add(arrival);
    }

    public synchronized List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    public synchronized int size() {
        return arrivals.size();
    }
}
