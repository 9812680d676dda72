/**
 * The application: what lives long (server, pools, tokens, meters) and the replaceable set of routes that uses it.
 */
@NullMarked
package io.tandem.app;

import org.jspecify.annotations.NullMarked;
