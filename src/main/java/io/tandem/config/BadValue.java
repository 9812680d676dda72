package io.tandem.config;

import java.io.Serial;

/** A text is no value of a {@link ValueType}. The reason may be empty, when the type says all there is to say. */
final class BadValue extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final String reason;

    BadValue() {
        this("");
    }

    BadValue(String reason) {
        super(reason);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
