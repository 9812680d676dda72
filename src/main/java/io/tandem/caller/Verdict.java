package io.tandem.caller;

import io.tandem.message.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a request is let in. */
public sealed interface Verdict {
    /**
     * It is.
     *
     * @param caller null when nobody is asked
     */
    record Admitted(@Nullable Caller caller) implements Verdict {}

    /**
     * It is not.
     *
     * @param challenges the values of {@code WWW-Authenticate}, a header for each (RFC 9110 §11.6.1)
     * @param retryAfter seconds after which the same request may be let in; 0: never
     */
    record Refused(Problem problem, List<String> challenges, int retryAfter) implements Verdict {}
}
