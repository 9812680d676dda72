/**
 * The configuration: sources and their order, the catalogue of keys, typed and checked settings. Knows nothing of Camel
 * and of what the settings are used for.
 */
@NullMarked
package io.tandem.config;

import org.jspecify.annotations.NullMarked;
