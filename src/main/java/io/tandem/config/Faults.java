package io.tandem.config;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;

/** Collects what is wrong, so that a user sees all of it at once. For one thread. */
final class Faults {
    private record Entry(Origin origin, Fault fault) {}

    private final Set<Entry> entries = new LinkedHashSet<>();

    void add(Origin origin, String key, String message) {
        // A key or value may hold a line break (\n in a properties file), a fault is one line
        entries.add(new Entry(origin, new Fault(oneLine(origin.place()), oneLine(key), oneLine(message))));
    }

    void throwIfAny() {
        if (!entries.isEmpty()) {
            throw new ConfigurationException(entries.stream()
                    .sorted(Comparator.comparing(Entry::origin))
                    .map(Entry::fault)
                    .toList());
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
