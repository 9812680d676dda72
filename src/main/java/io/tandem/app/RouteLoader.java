package io.tandem.app;

import io.tandem.config.Fault;
import io.tandem.config.Reasons;
import io.tandem.config.Settings;
import io.tandem.entry.http.HttpEntry;
import io.tandem.entry.http.TandemHttpEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes sets of routes of the files in the routes folder, or tells what is wrong with them: the same at a start, at a
 * reload and in a check. For one thread.
 */
final class RouteLoader {
    /** To close routes by which nothing was sent. */
    static final Duration UNUSED = Duration.ofSeconds(5);

    /** The routes can't be used; carries all that is wrong with them, at least one fault. */
    static final class FaultsException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient List<Fault> faults;

        FaultsException(List<Fault> faults, @Nullable Throwable cause) {
            super(faults.get(0).line(), cause);
            this.faults = faults;
        }

        FaultsException(List<Fault> faults) {
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
            started = RouteSet.start(settings, files.routes(), beans, engine());
        } catch (Exception e) {
            throw new FaultsException(faults(files, e), e);
        }
        List<Fault> faults = RouteRules.faults(files, true);
        if (!faults.isEmpty()) {
            started.close(UNUSED);
            throw new FaultsException(faults);
        }
        return started;
    }

    /**
     * Builds the routes, and drops them again.
     *
     * @return how many there are
     */
    @SuppressWarnings("IllegalCatch") // whatever Camel throws is what is to be told
    int check() throws FaultsException {
        RouteFiles files = read();
        int routes;
        try {
            routes = RouteSet.build(settings, files.routes(), beans, engine());
        } catch (Exception e) {
            throw new FaultsException(faults(files, e), e);
        }
        List<Fault> faults = RouteRules.faults(files, true);
        if (!faults.isEmpty()) {
            throw new FaultsException(faults);
        }
        return routes;
    }

    /** What is wrong where the routes were built, but can't be started. */
    FaultsException explain(Exception thrown) {
        try {
            return new FaultsException(faults(read(), thrown), thrown);
        } catch (FaultsException e) {
            return e;
        }
    }

    private RouteFiles read() throws FaultsException {
        RouteFiles files;
        try {
            files = RouteFiles.read(settings.routes());
        } catch (IOException e) {
            throw new FaultsException(List.of(new Fault(
                    RouteFaults.shown(settings.routes()),
                    "tandem.routes",
                    "the folder of the routes can't be read: " + Reasons.of(e))));
        }
        if (files.routes().isEmpty()) {
            throw new FaultsException(
                    List.of(RouteFaults.inFolder(settings.routes(), "there is no file named *.camel.yaml in it")));
        }
        return files;
    }

    /** The first fault of each file, since Camel stops at the first of all. */
    @SuppressWarnings("IllegalCatch") // whatever Camel throws is what is to be told
    private List<Fault> faults(RouteFiles files, Exception thrown) {
        RouteFaults reader = new RouteFaults(settings, files, beans.keySet());
        Set<Fault> faults = new LinkedHashSet<>();
        for (Path file : files.routes()) {
            try {
                RouteSet.build(settings, List.of(file), beans, engine());
            } catch (Exception inFile) {
                faults.add(reader.of(inFile, file));
            }
        }
        faults.addAll(RouteRules.faults(files, false));
        if (faults.isEmpty()) {
            faults.add(reader.of(thrown, null));
        }
        return List.copyOf(faults);
    }

    private TandemHttpEngine engine() {
        return new TandemHttpEngine(http, settings.http().forwardHeaders());
    }
}
