/**
 * Connects to the brokers of Kafka: TLS, SASL, tokens, and what all clients have in common. Knows nothing of messages and
 * of what clients are made for; nothing of it is loaded where there is no Kafka.
 */
@NullMarked
package io.tandem.kafka;

import org.jspecify.annotations.NullMarked;
