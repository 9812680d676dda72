package io.tandem.config;

import java.util.function.Function;

/**
 * What the text of a value may be.
 *
 * @param name for the reference page
 * @param unit for the reference page; empty when there is none
 * @param expected completes "expected …" in a message
 * @param parser throws {@link BadValue}
 */
record ValueType<T>(String name, String unit, String expected, Function<String, T> parser) {
    T parse(String text) {
        return parser.apply(text);
    }
}
