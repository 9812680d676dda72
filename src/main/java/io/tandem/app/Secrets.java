package io.tandem.app;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells by its name or its form what in a route is a credential. */
final class Secrets {
    private static final Pattern NAME = Pattern.compile(
            ".*(?:password|passphrase|secret|secret-?key|api-?key|access-?key|access-?token|auth-?token|private-?key|credentials?)");

    private static final Set<String> HEADERS =
            Set.of("authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "apikey", "x-auth-token");

    /** With a scheme before it, or between a scheme of URLs and a host. */
    private static final Pattern FORM =
            Pattern.compile("(?i)(?:bearer|basic)\\s+[a-z0-9._~+/=-]{8,}|[a-z][a-z0-9+.-]*://[^/\\s:@]+:[^/\\s@]+@.*");

    private Secrets() {}

    /** Whether an option of this name holds a credential. */
    static boolean named(String option) {
        return NAME.matcher(option.toLowerCase(Locale.ROOT)).matches();
    }

    /** Whether a header of this name holds a credential. */
    static boolean header(String name) {
        return HEADERS.contains(name.toLowerCase(Locale.ROOT)) || named(name);
    }

    /** Whether a text looks like a credential itself, whatever its name. */
    static boolean form(String text) {
        return written(text) && FORM.matcher(text.strip()).matches();
    }

    /** Whether a value stands there itself, rather than a reference to it. */
    static boolean written(String value) {
        return !value.isBlank() && !value.contains("{{") && !value.contains("${") && !value.startsWith("#");
    }
}
