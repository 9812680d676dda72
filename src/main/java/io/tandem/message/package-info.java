/**
 * The words of the domain: message, delivery, outcome, problem, merged reply. Plain values that every other package may
 * use; knows nothing of Camel, HTTP servers or configuration.
 */
@NullMarked
package io.tandem.message;

import org.jspecify.annotations.NullMarked;
