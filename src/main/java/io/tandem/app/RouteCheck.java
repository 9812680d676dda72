package io.tandem.app;

import io.tandem.app.RouteLoader.FaultsException;
import io.tandem.config.Fault;
import io.tandem.config.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the routes as a start would, and starts nothing: no port is opened, no file is taken, no token is got. Tells
 * what is wrong in each of the files, and what Camel lets pass although it can't be meant.
 */
public final class RouteCheck {

    /**
     * What came of it.
     *
     * @param routes how many there are
     * @param faults all that is wrong, in the order of files; empty when all is well
     */
    public record Report(int routes, List<Fault> faults) {}

    private RouteCheck() {}

    /** Checks the routes that these settings name. */
    public static Report check(Settings settings) {
        List<Fault> faults = new ArrayList<>();
        int routes = 0;
        Application application = new Application(settings);
        try {
            try {
                routes = application.loader().check();
            } catch (FaultsException e) {
                faults.addAll(e.faults());
            }
            Fault tls = application.tlsFault();
            if (tls != null) {
                faults.add(tls);
            }
        } finally {
            application.close();
        }
        return new Report(routes, List.copyOf(faults));
    }
}
