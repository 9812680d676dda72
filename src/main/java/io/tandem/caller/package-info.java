/**
 * Who calls, and what they may do: credentials are checked here, before anything else of a request is looked at. Knows
 * nothing of servers, routes and what becomes of messages.
 */
@NullMarked
package io.tandem.caller;

import org.jspecify.annotations.NullMarked;
