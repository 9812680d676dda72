/**
 * The outbound side: one attempt after the other at one target, each ending in a typed outcome. Knows nothing of where
 * the message came from, or of the other targets.
 */
@NullMarked
package io.tandem.target;

import org.jspecify.annotations.NullMarked;
