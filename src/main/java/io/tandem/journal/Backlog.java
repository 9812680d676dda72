package io.tandem.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is left to do at one target.
 *
 * @param pending deliveries to be attempted, those under way included
 * @param dead deliveries nobody will attempt unless asked to
 * @param oldest when the message of the oldest pending delivery was handed in; null when none is pending
 */
public record Backlog(long pending, long dead, @Nullable Instant oldest) {}
