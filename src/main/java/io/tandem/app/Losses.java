package io.tandem.app;

import io.tandem.config.Fault;
import io.tandem.config.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Predicate;

/** What an edit must not take away while Tandem runs, since somebody counts on it: a file may be gone by mistake. */
final class Losses {
    private Losses() {}

    /**
     * @param changed the files that were edited
     * @return empty when all is still there
     */
    static List<Fault> of(RouteSet before, RouteSet next, Path folder, SortedSet<Path> changed) {
        List<Fault> losses = new ArrayList<>();
        if (before.takesMessages() && !next.takesMessages()) {
            losses.add(fault(
                    folder,
                    changed,
                    entry -> Set.of("rest", "path").contains(entry.key()),
                    "no route takes POST /messages any more: callers would get 404; stop Tandem to take it away"));
        }
        if (before.takesRedeliveries() && !next.takesRedeliveries()) {
            losses.add(fault(
                    folder,
                    changed,
                    entry -> entry.input() && entry.scalar(),
                    "no route starts with 'direct:redeliver' any more: what the journal holds would not be delivered;"
                            + " stop Tandem to take it away"));
        }
        return losses;
    }

    private static Fault fault(Path folder, SortedSet<Path> changed, Predicate<RouteFiles.Entry> fits, String reason) {
        Place place = Place.of(RouteFiles.shown(folder));
        try {
            RouteFiles files = RouteFiles.read(folder);
            place = files.entries().stream()
                    .filter(entry -> changed.contains(entry.file()) && fits.test(entry))
                    // the one of the route that is meant, if it is there
                    .min(Comparator.comparing(entry -> !entry.route().equals("redeliver")))
                    .map(entry -> files.place(entry.file(), entry.at()))
                    .orElse(place);
        } catch (IOException e) {
            // told without a line
        }
        return Fault.error(place, "", reason);
    }
}
