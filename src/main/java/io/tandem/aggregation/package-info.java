/**
 * Merging the deliveries of one message into one reply, and deciding whether the completion policy is met. Knows only
 * outcomes: nothing of HTTP, tokens or entries. What users may implement is {@link io.tandem.aggregation.MergeStrategy}.
 */
@NullMarked
package io.tandem.aggregation;

import org.jspecify.annotations.NullMarked;
