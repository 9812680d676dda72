/**
 * Users' own cases: what they say, the stand-ins for targets and authorization servers, and the run that compares what
 * came with what was expected. Knows nothing of how routes work: it starts the application, and meets it on sockets and
 * in folders as callers and targets do.
 */
@NullMarked
package io.tandem.cases;

import org.jspecify.annotations.NullMarked;
