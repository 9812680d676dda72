package io.tandem.crash;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether a promise was kept.
 *
 * @param promise in words
 * @param offences what broke it: with the ids by which it can be looked up
 */
record Verdict(String promise, List<String> offences) {
    private static final int SHOWN = 20;

    Verdict {
        offences = List.copyOf(offences);
    }

    boolean kept() {
        return offences.isEmpty();
    }

    /** Fails with the offences. */
    void check() {
        if (!kept()) {
            throw new AssertionError(this);
        }
    }

    @Override
    public String toString() {
        return promise
                + (kept()
                        ? ": kept"
                        : ": " + offences.size() + " offences\n  "
                                + offences.stream().limit(SHOWN).collect(Collectors.joining("\n  ")));
    }
}
