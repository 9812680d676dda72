package io.tandem.config;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which headers a user may name. Compared without regard to case, as HTTP does. */
final class HeaderNames {
    /** RFC 9110, section 5.6.2: token. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** RFC 9110, section 7.6.1, and what frames or describes the body, which Tandem writes anew for each target. */
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection",
            "content-length",
            "content-type",
            "expect",
            "host",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private static final Set<String> OF_TANDEM = Set.of("idempotency-key", "traceparent");

    private static final Set<String> CREDENTIALS =
            Set.of("authorization", "cookie", "proxy-authorization", "proxy-authenticate", "set-cookie");

    private HeaderNames() {}

    /** RFC 9110 also wants authentication schemes to be tokens (section 11.1). */
    static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    /** For any use: a valid name that Tandem and HTTP leave to the user. */
    static String checked(String name) {
        if (!isToken(name)) {
            throw new BadValue("'%s' is not a valid header name".formatted(name));
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (OF_TANDEM.contains(lower) || lower.startsWith("tandem-")) {
            throw new BadValue("'%s' is set by Tandem itself".formatted(name));
        }
        if (OF_THE_CONNECTION.contains(lower)) {
            throw new BadValue("'%s' belongs to the connection or the body".formatted(name));
        }
        if (lower.startsWith("camel")) {
            throw new BadValue("'%s' would steer Camel".formatted(name));
        }
        return name;
    }

    /** For headers beside the credentials: also none that carries credentials. */
    static String checkedNoCredential(String name) {
        if (CREDENTIALS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new BadValue(
                    "'%s' carries credentials; those are configured with target.<name>.auth".formatted(name));
        }
        return checked(name);
    }
}
