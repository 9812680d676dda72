/**
 * The journal: what is known of messages and their deliveries beyond the life of a process, and the redelivery of what
 * has not arrived (guaranteed delivery, idempotent receiver, dead letter channel). Durable means on disk. Knows nothing
 * of Camel, of HTTP or of folders: entries hand messages in, and the application makes the deliveries that are due.
 */
@NullMarked
package io.tandem.journal;

import org.jspecify.annotations.NullMarked;
