/**
 * Proofs that slow, broken and hostile neighbours do no harm, under load: {@code mvn verify -Pfire}. The short ones run
 * in each build and look at what is right, not at how long it takes.
 */
package io.tandem.fire;
