package io.tandem.config;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration can't be used. Carries all its faults, in the order of their places; never a secret. */
public final class ConfigurationException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<Fault> faults;

    ConfigurationException(List<Fault> faults) {
        super(faults.stream().map(Fault::line).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** All that is wrong, at least one. */
    public List<Fault> faults() {
        return faults;
    }
}
