package io.tandem.oauth2;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a server's own words fit for a log: one short line of printable ASCII, withheld altogether when it repeats
 * something secret of the request. Servers do echo requests in their errors. Used by one thread.
 */
final class Redaction {
    private static final int MAX = 200;

    private final Set<String> secrets = new LinkedHashSet<>();

    /** Adds a value that must not be seen, as it is and as forms and web pages write it. */
    void add(String secret) {
        // a blank one would withhold every text
        if (!secret.isBlank()) {
            secrets.add(secret);
            String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
            secrets.add(encoded);
            secrets.add(encoded.replace("+", "%20"));
            secrets.add(LoginPage.escaped(secret));
        }
    }

    /** What may be shown of {@code text}; empty for none. */
    String shown(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return "";
        }
        for (String secret : secrets) {
            if (text.contains(secret)) {
                return "(withheld: the server's text repeats a secret)";
            }
        }
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(MAX).forEach(c -> line.append(c >= 0x20 && c < 0x7f ? (char) c : '?'));
        return line.toString().strip();
    }
}
