/** Tandem: one message, two OAuth2-protected HTTP APIs at the same moment, one merged answer. */
@NullMarked
package io.tandem;

import org.jspecify.annotations.NullMarked;
