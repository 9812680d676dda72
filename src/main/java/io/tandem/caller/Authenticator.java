package io.tandem.caller;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One way in which callers show who they are. Thread-safe. */
interface Authenticator {
    /**
     * Looks at what a request has brought. Quick; what takes time goes on elsewhere.
     *
     * @return null when there is nothing for this authenticator; else who it is, or empty when that was not shown. Ends
     *     exceptionally with a {@link io.tandem.message.ProblemException} when it can't be told now
     */
    @Nullable
    CompletableFuture<Optional<Caller>> authenticate(Credentials credentials);

    /** How to do it (RFC 9110 §11.3). */
    String challenge();
}
