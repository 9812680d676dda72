package io.tandem.oauth2;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What happens to tokens, for meters. Called outside of locks by any thread; must be quick and must not throw. The
 * label is that of the source.
 */
public interface TokenEvents {
    /** Listens to nothing. */
    TokenEvents NONE = new TokenEvents() {};

    /** One token call, for whoever traces it. */
    interface Call {
        /** Nobody does. */
        Call UNSEEN = failure -> {};

        /** It is over; {@code failure} is null when it gave a token. */
        void ended(@Nullable TokenFailure failure);
    }

    /** A token call begins, by the thread that has asked for it, or by one of the background. */
    default Call calling(String label) {
        return Call.UNSEEN;
    }

    /** A token call gave a token. */
    default void fetched(String label, Duration took) {}

    /** A token call failed. */
    default void failed(String label, TokenFailure failure, Duration took) {}

    /** A token was dropped because an API refused it. */
    default void rejected(String label) {}

    /** A caller has to wait for a token call. */
    default void waiting(String label) {}
}
