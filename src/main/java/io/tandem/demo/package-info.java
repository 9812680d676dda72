/**
 * The demo: two APIs and an authorization server, as Camel routes in the Java DSL, on loopback.
 */
@NullMarked
package io.tandem.demo;

import org.jspecify.annotations.NullMarked;
