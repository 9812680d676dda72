package io.tandem.journal;

import org.jspecify.annotations.Nullable;

/**
 * Which messages are looked for; null: any.
 *
 * @param target with {@code state}: those whose delivery to that target is in the corresponding state ({@code complete}
 *     stands for delivered, {@code partial} and {@code dead} for dead); alone: those with a delivery to it
 * @param after the id behind which the page begins: older ones follow
 * @param limit how many at most, 1 to 1000
 */
public record MessageQuery(@Nullable MessageState state, @Nullable String target, @Nullable String after, int limit) {}
