/**
 * What is seen from outside: meters, traces, health, access log, the management port. Knows nothing of routes and targets
 * beyond their names; nobody else knows by which libraries meters are kept and traces sent.
 */
@NullMarked
package io.tandem.observe;

import org.jspecify.annotations.NullMarked;
