package io.tandem.app;

import io.tandem.config.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
        try {
            RouteFiles.Entry entry = RouteFiles.read(folder)
                    .find("redeliver", candidate -> changed.contains(candidate.file()) && fits.test(candidate));
            if (entry != null) {
                return RouteFaults.at(entry, reason);
            }
        } catch (IOException e) {
            // told without a line
        }
        return RouteFaults.inFolder(folder, reason);
    }
}
