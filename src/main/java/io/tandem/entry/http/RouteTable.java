package io.tandem.entry.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The paths and methods that one set of routes serves. Thread-safe; changes while the routes start and stop, and is
 * read by every request.
 */
final class RouteTable {
    /** A path that is served by none of its methods is still known, for 405 rather than 404. */
    record Match(@Nullable HttpConsumer consumer, Map<String, String> pathParameters, Collection<String> allowed) {}

    private final List<HttpConsumer> consumers = new CopyOnWriteArrayList<>();

    /** Paths without parameters; replaced whole at each change, so that requests find theirs in one look. */
    private volatile Map<String, List<HttpConsumer>> exact = Map.of();

    private volatile List<HttpConsumer> patterns = List.of();

    synchronized void add(HttpConsumer consumer) {
        consumers.add(consumer);
        rebuild();
    }

    synchronized void remove(HttpConsumer consumer) {
        consumers.remove(consumer);
        rebuild();
    }

    private void rebuild() {
        Map<String, List<HttpConsumer>> newExact = new LinkedHashMap<>();
        List<HttpConsumer> newPatterns = new ArrayList<>();
        for (HttpConsumer consumer : consumers) {
            if (consumer.path().isExact()) {
                newExact.computeIfAbsent(consumer.path().text(), path -> new ArrayList<>(2))
                        .add(consumer);
            } else {
                newPatterns.add(consumer);
            }
        }
        exact = newExact;
        patterns = newPatterns;
    }

    /** All that is served now. */
    List<HttpConsumer> consumers() {
        return consumers;
    }

    /** What there is, for callers who are lost: {@code GET /messages/{id}, POST /messages}. */
    String served() {
        Collection<String> served = new TreeSet<>();
        for (HttpConsumer consumer : consumers) {
            consumer.methods()
                    .forEach(method -> served.add(method + " " + consumer.path().text()));
        }
        return String.join(", ", served);
    }

    /** What serves the request, or null when nobody knows the path. */
    @Nullable
    Match find(String method, String path) {
        List<HttpConsumer> candidates = exact.get(path);
        if (candidates != null) {
            for (HttpConsumer consumer : candidates) {
                if (consumer.serves(method)) {
                    return new Match(consumer, Map.of(), List.of());
                }
            }
        }
        Collection<String> allowed = new TreeSet<>();
        boolean known = candidates != null;
        if (candidates != null) {
            candidates.forEach(consumer -> allowed.addAll(consumer.methods()));
        }
        for (HttpConsumer consumer : patterns) {
            Map<String, String> parameters = consumer.path().match(path);
            if (parameters != null) {
                if (consumer.serves(method)) {
                    return new Match(consumer, parameters, List.of());
                }
                known = true;
                allowed.addAll(consumer.methods());
            }
        }
        return known ? new Match(null, Map.of(), allowed) : null;
    }
}
