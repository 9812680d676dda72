/**
 * The commands of {@code bin/tandem}.
 */
@NullMarked
package io.tandem.cli;

import org.jspecify.annotations.NullMarked;
