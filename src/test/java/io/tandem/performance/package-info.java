/**
 * What a message costs, against a peer that does the same without Tandem, in the same run: {@code mvn verify
 * -Pperformance}. Looks at ratios of processor time only: times differ from machine to machine.
 */
package io.tandem.performance;
