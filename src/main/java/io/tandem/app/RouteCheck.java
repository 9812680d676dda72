package io.tandem.app;

import io.tandem.app.RouteLoader.FaultsException;
import io.tandem.config.Fault;
import io.tandem.config.Place;
import io.tandem.config.Settings;
import io.tandem.config.Severity;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds the routes as a start would, and starts nothing: no port is opened, no file is taken, no token is got. Tells
 * all that is wrong in them, and what Camel lets pass although it can't be meant.
 */
public final class RouteCheck {
    /**
     * What came of it.
     *
     * @param routes how many there are
     * @param faults all that is to be said, in the order of files and lines; empty when all is well
     */
    public record Report(int routes, List<Fault> faults) {}

    private final Settings settings;
    private final Set<Fault> faults = new LinkedHashSet<>();
    /** What keeps Tandem from starting, and has nothing to do with the routes. */
    private final Set<Fault> unready = new LinkedHashSet<>();

    private @Nullable FaultSearch search;

    private RouteCheck(Settings settings) {
        this.settings = settings;
    }

    /**
     * Checks the routes that these settings name.
     *
     * @param keys where the keys of the configuration are given, as far as that is known
     * @param complete whether the settings are good enough for a start; else the routes are read, but not built
     */
    public static Report check(Settings settings, Map<String, Place> keys, boolean complete) {
        try {
            return new RouteCheck(settings).check(RouteLoader.read(settings), keys, complete);
        } catch (FaultsException e) {
            return new Report(0, e.faults());
        } catch (IOException e) {
            return new Report(0, List.of(RouteLoader.unreadable(settings, e)));
        }
    }

    private Report check(RouteFiles files, Map<String, Place> keys, boolean complete) throws IOException {
        int routes = complete ? build(files) : 0;
        boolean built = faults.isEmpty();
        faults.addAll(unready);
        Set<Fault> lint = RouteLint.lint(settings, files, keys, complete && built);
        lint.addAll(RouteLint.strayFiles(files));
        lint.stream().filter(fault -> fault.severity() == Severity.ERROR).forEach(this::unlessTold);
        lint.stream().filter(fault -> fault.severity() != Severity.ERROR).forEach(this::unlessTold);
        return new Report(
                routes,
                faults.stream()
                        .map(fault -> placed(fault, keys))
                        .sorted(Comparator.comparing(Fault::place))
                        .toList());
    }

    @SuppressWarnings("IllegalCatch") // whatever Camel throws is what is to be told
    private int build(RouteFiles files) {
        Application application = new Application(settings);
        try {
            Fault tls = application.tlsFault();
            if (tls != null) {
                unready.add(tls);
            }
            return application.loader().build(files);
        } catch (Exception e) {
            FaultSearch used = application.loader().search();
            faults.addAll(used.search(files, e));
            search = used;
            return 0;
        } finally {
            application.close();
        }
    }

    /** What can't be built needs no advice, and a line with an error no more. */
    private void unlessTold(Fault fault) {
        boolean unbuilt = search != null && fault.severity() != Severity.ERROR && search.leftOut(fault.place());
        if (!unbuilt && faults.stream().noneMatch(other -> isErrorOnLineOf(fault, other))) {
            faults.add(fault);
        }
    }

    private static boolean isErrorOnLineOf(Fault fault, Fault other) {
        return other.severity() == Severity.ERROR
                && other.place().source().equals(fault.place().source())
                && other.place().line() == fault.place().line();
    }

    /** Camel names keys of the configuration in its own way, and knows nothing of where they are given. */
    private static Fault placed(Fault fault, Map<String, Place> keys) {
        return keys.entrySet().stream()
                .filter(key -> fault.place().line() == 0 && plain(key.getKey()).equals(plain(fault.key())))
                .findFirst()
                .map(key -> new Fault(fault.severity(), key.getValue(), key.getKey(), fault.message()))
                .orElse(fault);
    }

    private static String plain(String key) {
        return key.replace("-", "").toLowerCase(Locale.ROOT);
    }
}
