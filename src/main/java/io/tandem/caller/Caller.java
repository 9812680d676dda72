package io.tandem.caller;

import java.util.Set;

/**
 * Somebody who has shown who they are. Immutable.
 *
 * @param name the same at each call, and nobody else's
 * @param scopes what was granted
 */
public record Caller(String name, Set<String> scopes) {}
