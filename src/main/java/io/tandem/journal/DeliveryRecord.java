package io.tandem.journal;

import io.tandem.message.Delivery;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What came of a round of attempts, and how it goes on.
 *
 * @param delivery its attempts are added to those before
 * @param nextAttempt for {@link DeliveryState#PENDING}: not before then; else null
 */
public record DeliveryRecord(Delivery delivery, DeliveryState state, @Nullable Instant nextAttempt) {}
