/**
 * The HTTP entry: a server that outlives the routes, the platform-http engine through which routes listen on it, and the
 * mapping of merged replies and errors to HTTP. Knows nothing of targets.
 */
@NullMarked
package io.tandem.entry.http;

import org.jspecify.annotations.NullMarked;
