package io.tandem.cases;

import java.time.Duration;
import java.util.List;

/**
 * What came of one case.
 *
 * @param differences what is not as expected; empty when it has passed
 * @param answer what Tandem answered, for people
 */
public record CaseResult(Case of, Duration took, List<Difference> differences, String answer) {
    /** Whether all is as expected. */
    public boolean passed() {
        return differences.isEmpty();
    }
}
