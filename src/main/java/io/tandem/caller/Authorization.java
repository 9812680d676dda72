package io.tandem.caller;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The {@code Authorization} header (RFC 9110 §11.6.2). Stateless. */
final class Authorization {
    private Authorization() {}

    /**
     * What follows the scheme; null when there is no single header with it.
     *
     * @param scheme in lower case
     */
    static @Nullable String of(List<String> headers, String scheme) {
        if (headers.size() != 1) {
            return null;
        }
        String header = headers.get(0);
        int space = header.indexOf(' ');
        return space == scheme.length()
                        && header.substring(0, space).toLowerCase(Locale.ROOT).equals(scheme)
                ? header.substring(space + 1).trim()
                : null;
    }
}
