package io.tandem.config;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong, so that a user sees all of it at once. For one thread. */
final class Faults {
    private record Entry(Origin origin, Fault fault) {}

    private final Set<Entry> entries = new LinkedHashSet<>();

    void add(Origin origin, String key, String message) {
        add(Severity.ERROR, origin, key, message);
    }

    /** What does not keep Tandem from starting. */
    void advise(Severity severity, Origin origin, String key, String message) {
        add(severity, origin, key, message);
    }

    private void add(Severity severity, Origin origin, String key, String message) {
        entries.add(new Entry(origin, new Fault(severity, origin.place(), oneLine(key), oneLine(message))));
    }

    /** All of them, in the order of their places. */
    List<Fault> sorted() {
        return entries.stream()
                .sorted(Comparator.comparing(Entry::origin))
                .map(Entry::fault)
                .toList();
    }

    void throwIfAny() {
        if (entries.stream().anyMatch(entry -> entry.fault().severity() == Severity.ERROR)) {
            throw new ConfigurationException(sorted());
        }
    }

    /** A key or value may hold a line break (\\n in a properties file), a fault is one line. */
    static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
