package io.tandem.app;

import io.tandem.config.Fault;
import io.tandem.config.Place;
import io.tandem.config.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds all that keeps routes from being built, where Camel stops at the first: leaves out what is wrong, and has the
 * rest built, until nothing is left or nothing is wrong. For one thread.
 */
final class FaultSearch {
    /** Beyond them, most would be echoes of those before. */
    private static final int MOST = 50;

    /** Builds routes as a start would, and drops them again. */
    interface Builder {
        /**
         * Returns how many there are.
         *
         * @throws Exception whatever Camel finds wrong with them
         */
        int build(RouteFiles files) throws Exception;
    }

    private final Settings settings;
    private final Collection<String> beans;
    private final Builder builder;
    private final Set<Fault> faults = new LinkedHashSet<>();
    private final Set<Fault> echoes = new LinkedHashSet<>();
    private final List<RouteDraft.Span> leftOut = new ArrayList<>();

    /**
     * Prepares a search.
     *
     * @param beans the names of what the routes may refer to
     */
    FaultSearch(Settings settings, Collection<String> beans, Builder builder) {
        this.settings = settings;
        this.beans = beans;
        this.builder = builder;
    }

    /**
     * Finds at least one fault.
     *
     * @param failure what Camel threw when it built these files
     */
    Set<Fault> search(RouteFiles files, Exception failure) {
        // without them, what they would have given to the others is missing: the rest would be echoes
        faults.addAll(files.java().faults());
        if (!faults.isEmpty()) {
            return faults;
        }
        faults.add(read(files, failure));
        List<String> named = files.beanNames();
        try (RouteDraft draft = RouteDraft.of(files)) {
            search(draft, named);
        } catch (IOException e) {
            // nowhere to put a draft: what is known by now is better than nothing
        }
        return faults;
    }

    /** @param named beans of the files, which are not missing but may be left out */
    private void search(RouteDraft draft, List<String> named) throws IOException {
        Place place = faults.iterator().next().place();
        while (faults.size() < MOST) {
            RouteDraft.Span span = draft.leaveOut(place);
            RouteFiles rest = draft.files();
            if (span == null || rest.isEmpty()) {
                return;
            }
            leftOut.add(span);
            Exception next = failure(rest);
            if (next == null) {
                return;
            }
            Fault fault = read(rest, next);
            boolean echo = named.stream().anyMatch(bean -> fault.message().startsWith(RouteFaults.noBean(bean)));
            if (!(echo ? echoes : faults).add(fault)) {
                return;
            }
            place = fault.place();
        }
    }

    /** Whether a place is in what can't be built. */
    boolean leftOut(Place place) {
        return leftOut.stream().anyMatch(span -> span.contains(place));
    }

    private Fault read(RouteFiles files, Exception failure) {
        return new RouteFaults(settings, files, beans).of(failure);
    }

    @SuppressWarnings("IllegalCatch") // whatever Camel throws is what is to be told
    private @Nullable Exception failure(RouteFiles files) {
        try {
            builder.build(files);
            return null;
        } catch (Exception e) {
            return e;
        }
    }
}
