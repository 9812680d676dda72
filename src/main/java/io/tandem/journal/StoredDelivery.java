package io.tandem.journal;

import io.tandem.message.Delivery;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One delivery as the journal has it.
 *
 * @param attempts requests sent or tried over all rounds
 * @param last what came of the last round of attempts; null before the first, or when it ended with the process
 * @param nextAttempt not before then; null unless pending
 * @param taken whether it is being attempted now, here or by another instance
 */
public record StoredDelivery(
        String target,
        DeliveryState state,
        int attempts,
        @Nullable Delivery last,
        @Nullable Instant nextAttempt,
        boolean taken) {}
