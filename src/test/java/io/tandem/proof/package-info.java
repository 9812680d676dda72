/**
 * What the long proofs share: Tandem in a process of its own, load on it, targets that write down what they get, and
 * the tables of what came of it. Knows nothing of any one proof.
 */
package io.tandem.proof;
