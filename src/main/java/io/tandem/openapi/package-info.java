/**
 * The contract as OpenAPI, made of the running routes and the types of the domain, and the page to try it. Knows the HTTP
 * entry only as the place where resources are served, and nothing of targets.
 */
@NullMarked
package io.tandem.openapi;

import org.jspecify.annotations.NullMarked;
