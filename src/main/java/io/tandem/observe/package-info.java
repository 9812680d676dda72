/**
 * What is seen from outside: meters, health, access log, the management port. Knows nothing of routes and targets beyond
 * their names.
 */
@NullMarked
package io.tandem.observe;

import org.jspecify.annotations.NullMarked;
