/**
 * The status page, and the documents that it shows: what goes on now, what went on lately, what became of a message. Knows
 * the HTTP entry only as the place where resources are served, and nothing of routes, targets and tokens: what there is to
 * say of them it is told.
 */
@NullMarked
package io.tandem.status;

import org.jspecify.annotations.NullMarked;
