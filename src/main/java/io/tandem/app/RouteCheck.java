package io.tandem.app;

import io.tandem.app.RouteFiles.Entry;
import io.tandem.config.Fault;
import io.tandem.config.Reasons;
import io.tandem.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builds the routes as a start would, and starts nothing: no port is opened, no file is taken, no token is got. Tells
 * what is wrong in each of the files, and what Camel lets pass although it can't be meant.
 */
public final class RouteCheck {
    private static final String DIRECT = "direct:";

    /**
     * What came of it.
     *
     * @param routes how many there are
     * @param faults all that is wrong, in the order of files; empty when all is well
     */
    public record Report(int routes, List<Fault> faults) {}

    private final Settings settings;
    private final RouteFiles files;
    private final Set<Fault> faults = new LinkedHashSet<>();

    private RouteCheck(Settings settings, RouteFiles files) {
        this.settings = settings;
        this.files = files;
    }

    /** Checks the routes that these settings name. */
    public static Report check(Settings settings) {
        RouteFiles files;
        try {
            files = RouteFiles.read(settings.routes());
        } catch (IOException e) {
            return new Report(
                    0,
                    List.of(new Fault(
                            RouteFaults.shown(settings.routes()),
                            "tandem.routes",
                            "the folder of the routes can't be read: " + Reasons.of(e))));
        }
        return new RouteCheck(settings, files).check();
    }

    @SuppressWarnings("IllegalCatch") // whatever Camel throws is what is to be told
    private Report check() {
        if (files.routes().isEmpty()) {
            return new Report(
                    0,
                    List.of(new Fault(
                            RouteFaults.shown(settings.routes()), "", "there is no file named *.camel.yaml in it")));
        }
        int routes = 0;
        Application application = new Application(settings);
        try {
            RouteFaults reader = application.routeFaults(files);
            try {
                routes = application.buildRoutes(settings.routes() + "/*.camel.yaml");
            } catch (Exception e) {
                for (Path file : files.routes()) {
                    try {
                        application.buildRoutes(file.toString());
                    } catch (Exception inFile) {
                        faults.add(reader.of(inFile, file));
                    }
                }
                if (faults.isEmpty()) {
                    faults.add(reader.of(e, null));
                }
            }
        } finally {
            application.close();
        }
        boolean built = faults.isEmpty();
        repeatedKeys();
        repeatedIds();
        directs(built);
        return new Report(routes, List.copyOf(faults));
    }

    private void repeatedKeys() {
        files.repeatedKeys()
                .forEach(entry -> faults.add(RouteFaults.at(
                        entry.file(), entry.line(), "'" + entry.key() + "' is there twice: only one of them counts")));
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
                            entry.file(),
                            entry.line(),
                            "the route id '" + entry.value() + "' is taken by " + RouteFaults.shown(first.file()) + ":"
                                    + first.line() + ": give this route another"));
                }
            }
        }
    }

    /**
     * What goes to {@code direct:x} needs one route that starts there: told by Camel only when a message comes.
     *
     * @param complete whether all routes are known; else a missing one would be an echo of another fault
     */
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
                    faults.add(RouteFaults.at(
                            entry.file(), entry.line(), "another route starts with '" + name + "' already"));
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
                    faults.add(RouteFaults.at(entry.file(), entry.line(), "no route starts with '" + name + "'"));
                }
            }
        }
    }
}
