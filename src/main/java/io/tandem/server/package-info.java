/**
 * What the ports of a Tandem have in common: their connections, what is taken for a request there, their TLS, and what they
 * refuse of browsers. Knows nothing of what is served there.
 */
@NullMarked
package io.tandem.server;

import org.jspecify.annotations.NullMarked;
