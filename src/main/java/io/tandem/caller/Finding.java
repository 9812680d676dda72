package io.tandem.caller;

import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an authenticator has found out.
 *
 * @param caller empty when it was not shown who it is
 * @param problem why that can't be told now, or null
 */
record Finding(Optional<Caller> caller, @Nullable Problem problem) {
    static final Finding NOBODY = new Finding(Optional.empty(), null);

    static Finding of(@Nullable Caller caller) {
        return caller == null ? NOBODY : new Finding(Optional.of(caller), null);
    }

    static Finding notNow(@Nullable String detail) {
        return new Finding(Optional.empty(), Problem.of(ProblemType.AUTHENTICATION_UNAVAILABLE, detail));
    }
}
