/**
 * What {@code docs/scaling.md} says of one machine and of many: a model in a formula ({@link io.tandem.scaling.Capacity}),
 * the same model played through message by message ({@link io.tandem.scaling.Simulation}), and measurements that both are
 * held against.
 */
package io.tandem.scaling;
