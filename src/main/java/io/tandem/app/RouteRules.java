package io.tandem.app;

import io.tandem.app.RouteFiles.Entry;
import io.tandem.config.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What Camel lets pass in route files although it can't be meant. For one thread. */
final class RouteRules {
    private static final String DIRECT = "direct:";

    private final RouteFiles files;
    private final Set<Fault> faults = new LinkedHashSet<>();

    private RouteRules(RouteFiles files) {
        this.files = files;
    }

    /**
     * All that is wrong, in the order of rules, then of files.
     *
     * @param complete whether Camel could build all routes; else a missing one would be an echo of another fault
     */
    static List<Fault> faults(RouteFiles files, boolean complete) {
        RouteRules rules = new RouteRules(files);
        rules.repeatedKeys();
        rules.repeatedIds();
        rules.directs(complete);
        return List.copyOf(rules.faults);
    }

    private void repeatedKeys() {
        files.repeatedKeys()
                .forEach(entry -> faults.add(
                        RouteFaults.at(entry, "'" + entry.key() + "' is there twice: only one of them counts")));
    }

    /** Camel would let the second route replace the first. */
    private void repeatedIds() {
        Map<String, Entry> ids = new HashMap<>();
        for (Entry entry : files.entries()) {
            if (entry.key().equals("id")
                    && !entry.value().isEmpty()
                    && entry.value().equals(entry.route())) {
                Entry first = ids.putIfAbsent(entry.value(), entry);
                if (first != null && !files.inKamelet(entry)) {
                    faults.add(RouteFaults.at(
                            entry,
                            "the route id '" + entry.value() + "' is taken by " + RouteFaults.shown(first.file()) + ":"
                                    + first.line() + ": give this route another"));
                }
            }
        }
    }

    /** What goes to {@code direct:x} needs one route that starts there: told by Camel only when a message comes. */
    private void directs(boolean complete) {
        Map<String, Entry> inputs = new HashMap<>();
        List<Entry> outputs = new ArrayList<>();
        Set<Path> withNamedInputs = new HashSet<>();
        for (Entry entry : files.entries()) {
            String uri = entry.value();
            if (entry.input() && uri.equals("direct")) {
                withNamedInputs.add(entry.file());
            } else if (uri.startsWith(DIRECT)
                    && !uri.contains("{{")
                    && !uri.contains("${")
                    && !files.inKamelet(entry)) {
                String name = uri.split("\\?", 2)[0];
                if (!entry.input()) {
                    if (Set.of("to", "uri").contains(entry.key())) {
                        outputs.add(entry);
                    }
                } else if (inputs.containsKey(name)) {
                    faults.add(RouteFaults.at(entry, "another route starts with '" + name + "' already"));
                } else {
                    inputs.put(name, entry);
                }
            }
        }
        // their names are among the parameters, where placeholders may hide them
        if (complete && withNamedInputs.isEmpty()) {
            for (Entry entry : outputs) {
                String name = entry.value().split("\\?", 2)[0];
                if (!inputs.containsKey(name)) {
                    faults.add(RouteFaults.at(entry, "no route starts with '" + name + "'"));
                }
            }
        }
    }
}
