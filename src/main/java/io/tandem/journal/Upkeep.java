package io.tandem.journal;

/** An operation that has a transaction of its own: it is not urgent, and holds rows in no particular order. */
abstract class Upkeep<T> extends Operation<T> {}
