package io.tandem.cases;

/**
 * Something is not as expected.
 *
 * @param where what it is about, with a JSON Pointer where there is one
 */
public record Difference(String where, String expected, String actual) {}
