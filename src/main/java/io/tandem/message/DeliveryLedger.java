package io.tandem.message;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the deliveries of one journaled message while it is on its way through the routes, and where what
 * comes of them is written down. Thread-safe: the branches of a message run at the same time.
 */
public interface DeliveryLedger {

    /**
     * A delivery that is not this run's to make: it was made before, or somebody else makes it.
     *
     * @return null when this run has to make it; never completes exceptionally
     */
    @Nullable
    CompletionStage<Delivery> elsewhere(String target);

    /** A delivery that this run has made has ended. Returns at once; never throws. */
    void ended(Delivery delivery);
}
