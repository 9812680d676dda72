/**
 * The Kafka entry: records become messages in the journal, and what came of them goes to the topics of replies and dead
 * letters; messages that callers over HTTP hand in may go through a topic first. Knows nothing of targets, nor of how
 * brokers are connected to.
 */
@NullMarked
package io.tandem.entry.kafka;

import org.jspecify.annotations.NullMarked;
