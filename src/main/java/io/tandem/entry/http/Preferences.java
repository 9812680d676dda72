package io.tandem.entry.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a caller prefers (RFC 7240), as far as it is known here; anything else is ignored, as the RFC wants it.
 *
 * @param respondAsync an answer before the message is delivered
 * @param patience an answer within that time, or null
 */
record Preferences(boolean respondAsync, @Nullable Duration patience) {
    private static final Preferences NONE = new Preferences(false, null);

    /** @param sent the Prefer headers */
    static Preferences of(List<String> sent) {
        if (sent.isEmpty()) {
            return NONE;
        }
        boolean respondAsync = false;
        Duration patience = null;
        for (String header : sent) {
            for (String preference : header.split(",", 32)) {
                // parameters of a preference follow after a semicolon; none is known
                String[] parts = preference.split(";", 2)[0].split("=", 2);
                String name = parts[0].trim().toLowerCase(Locale.ROOT);
                if (name.equals("respond-async")) {
                    respondAsync = true;
                } else if (name.equals("wait") && parts.length == 2 && patience == null) {
                    // the first of several counts (RFC 7240, section 2)
                    patience = seconds(parts[1].trim());
                }
            }
        }
        return new Preferences(respondAsync, patience);
    }

    /** For Preference-Applied. */
    String applied() {
        List<String> applied = new ArrayList<>(2);
        if (respondAsync) {
            applied.add("respond-async");
        }
        if (patience != null) {
            applied.add("wait=" + patience.toSeconds());
        }
        return String.join(", ", applied);
    }

    private static @Nullable Duration seconds(String text) {
        String digits = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
        return digits.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(digits)) : null;
    }
}
