package io.tandem.caller;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One way in which callers show who they are. Thread-safe. */
interface Authenticator extends AutoCloseable {
    /**
     * Looks at what a request has brought. Quick; what takes time goes on elsewhere.
     *
     * @return null when there is nothing for this authenticator
     */
    @Nullable
    CompletableFuture<Finding> authenticate(Credentials credentials);

    /** How to do it (RFC 9110 §11.3), told to who has shown these. */
    String challenge(Credentials credentials);

    @Override
    default void close() {
        // most have nothing to close
    }
}
