package io.tandem.app;

import io.tandem.config.Fault;
import io.tandem.config.Place;
import io.tandem.config.Reasons;
import io.tandem.config.Settings;
import io.tandem.config.Severity;
import io.tandem.entry.http.HttpEntry;
import io.tandem.entry.http.TandemHttpEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes sets of routes of the files in the routes folder, or tells all that is wrong with them: the same at a start, at
 * a reload and in a check. For one thread.
 */
final class RouteLoader {
    /** To close routes by which nothing was sent. */
    static final Duration UNUSED = Duration.ofSeconds(5);

    /** The routes can't be used; carries all that is wrong with them, at least one fault. */
    static final class FaultsException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient List<Fault> faults;

        FaultsException(Collection<Fault> faults, @Nullable Throwable cause) {
            super(faults.iterator().next().line(), cause);
            this.faults =
                    faults.stream().sorted(Comparator.comparing(Fault::place)).toList();
        }

        FaultsException(Collection<Fault> faults) {
            this(faults, null);
        }

        /** In the order of files. */
        List<Fault> faults() {
            return faults;
        }
    }

    private final Settings settings;
    private final Map<String, Object> beans;
    private final HttpEntry http;

    /** @param beans what the routes may refer to, by name */
    RouteLoader(Settings settings, Map<String, Object> beans, HttpEntry http) {
        this.settings = settings;
        this.beans = beans;
        this.http = http;
    }

    /** Builds the routes and starts them, without letting them take anything in. */
    @SuppressWarnings("IllegalCatch") // whatever Camel throws is what is to be told
    RouteSet start() throws FaultsException {
        RouteFiles files = read();
        RouteSet started;
        try {
            started = RouteSet.start(settings, files, beans, engine());
        } catch (Exception e) {
            throw new FaultsException(search().search(files, e), e);
        }
        List<Fault> faults = passed(files);
        if (!faults.isEmpty()) {
            started.close(UNUSED);
            throw new FaultsException(faults);
        }
        return started;
    }

    /**
     * Builds routes, and drops them again.
     *
     * @return how many there are
     * @throws Exception whatever Camel finds wrong with them
     */
    int build(RouteFiles files) throws Exception {
        return RouteSet.build(settings, files, beans, engine());
    }

    /** What is wrong where the routes were built, but can't be started. */
    FaultsException explain(Exception thrown) {
        try {
            return new FaultsException(search().search(read(), thrown), thrown);
        } catch (FaultsException e) {
            return e;
        }
    }

    /** For all that keeps routes from being built. */
    FaultSearch search() {
        return new FaultSearch(settings, beans.keySet(), this::build);
    }

    /** What Camel lets pass, and messages would fail over. */
    private List<Fault> passed(RouteFiles files) {
        return RouteLint.lint(settings, files, Map.of(), true).stream()
                .filter(fault -> fault.severity() == Severity.ERROR)
                .toList();
    }

    private RouteFiles read() throws FaultsException {
        return read(settings);
    }

    /** Reads the files; there is at least one with routes. */
    static RouteFiles read(Settings settings) throws FaultsException {
        RouteFiles files;
        try {
            files = RouteFiles.read(settings.routes());
        } catch (IOException e) {
            throw new FaultsException(List.of(unreadable(settings, e)), e);
        }
        if (files.isEmpty()) {
            Place folder = Place.of(RouteFiles.shown(settings.routes()));
            throw new FaultsException(List.of(Fault.error(folder, "", "there is no file named *.camel.yaml in it")));
        }
        return files;
    }

    static Fault unreadable(Settings settings, IOException e) {
        return Fault.error(
                Place.of(RouteFiles.shown(settings.routes())),
                "tandem.routes",
                "the folder of the routes can't be read: " + Reasons.of(e));
    }

    private TandemHttpEngine engine() {
        return new TandemHttpEngine(http, settings.http().forwardHeaders());
    }
}
