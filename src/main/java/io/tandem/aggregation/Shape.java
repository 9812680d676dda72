package io.tandem.aggregation;

import io.tandem.message.Delivery;
import io.tandem.message.MergedReply.Merged;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the replies of the targets are merged. Implementations are immutable and thread-safe. */
public interface Shape {

    /**
     * Makes what is to be made of the replies.
     *
     * @param deliveries in the order of the routes
     * @return null when the replies stand for themselves
     */
    @Nullable
    Merged merge(List<Delivery> deliveries);

    /** Keyed by target, in the order of the routes. */
    static Shape collect() {
        return deliveries -> null;
    }
}
