package io.tandem.message;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The bearer token that a caller sent, never shown by {@link #toString()}. Immutable. */
public final class CallerToken {
    /** RFC 6750, section 2.1. */
    private static final Pattern BEARER = Pattern.compile("Bearer +(\\S+) *", Pattern.CASE_INSENSITIVE);

    private final String value;

    private CallerToken(String value) {
        this.value = value;
    }

    /** The token in the {@code Authorization} headers of a request; null when there is none, or no single one. */
    public static @Nullable CallerToken of(List<String> authorization) {
        if (authorization.size() != 1) {
            return null;
        }
        Matcher bearer = BEARER.matcher(authorization.get(0));
        return bearer.matches() ? new CallerToken(bearer.group(1)) : null;
    }

    /** The token itself, a secret. */
    public String value() {
        return value;
    }

    @Override
    public String toString() {
        return "(caller token)";
    }
}
