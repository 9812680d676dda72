package io.tandem.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A configuration as far as it can be read, and all that is to be said about it. Immutable.
 *
 * @param settings null when nothing can be read; with errors among the faults examples stand in for what is wrong, so
 *     that they are good for further checks and nothing else
 * @param faults in the order of their places
 * @param places of the keys that were given
 */
public record Examined(@Nullable Settings settings, List<Fault> faults, Map<String, Place> places) {
    /** Copies. */
    public Examined {
        faults = List.copyOf(faults);
        places = Map.copyOf(places);
    }

    /** Whether Tandem starts with it. */
    public boolean usable() {
        return faults.stream().noneMatch(fault -> fault.severity() == Severity.ERROR);
    }
}
