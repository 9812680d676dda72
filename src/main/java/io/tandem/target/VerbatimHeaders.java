package io.tandem.target;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * What camel-http would rewrite or drop, put back when the request goes on the wire: the content type as the caller wrote
 * it (camel-http fails on a charset that Java doesn't know), and the allowed headers that its filter takes for its own.
 *
 * @param contentType the caller's, null when there was none
 */
record VerbatimHeaders(@Nullable String contentType, Map<String, String> dropped) {

    /** Of the headers that a user may name, those which HttpHeaderFilterStrategy holds back. */
    private static final Set<String> HELD_BACK = Set.of("cache-control", "date", "pragma", "via", "warning");

    static VerbatimHeaders of(@Nullable String contentType, Map<String, String> forwarded, Map<String, String> fixed) {
        Map<String, String> dropped = Map.of();
        for (Map<String, String> headers : List.of(forwarded, fixed)) {
            for (Map.Entry<String, String> header : headers.entrySet()) {
                if (HELD_BACK.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                    dropped = new HashMap<>(dropped);
                    dropped.put(header.getKey(), header.getValue());
                }
            }
        }
        return new VerbatimHeaders(contentType, dropped);
    }

    /** Whether camel-http can do with this content type. */
    static boolean isReadable(String contentType) {
        // charsets are all that Java may not know of it, and most have none
        return contentType.indexOf(';') < 0 ? !contentType.isBlank() : parse(contentType) != null;
    }

    /** The content type to send, where a route would send this one: one other than the caller's was set on purpose. */
    @Nullable
    String contentType(@Nullable String sent) {
        return contentType != null && !contentType.equals(sent) && isSame(contentType, sent) ? contentType : sent;
    }

    void applyTo(ClassicHttpRequest request) {
        HttpEntity entity = request.getEntity();
        String type = entity == null ? null : contentType(entity.getContentType());
        if (type != null) {
            request.setHeader("Content-Type", type);
        }
        dropped.forEach(request::setHeader);
    }

    private static boolean isSame(String contentType, @Nullable String sent) {
        ContentType parsed = parse(contentType);
        ContentType type = sent == null ? null : parse(sent);
        if (type == null || parsed == null) {
            return type == null && parsed == null;
        }
        return type.isSameMimeType(parsed) && Objects.equals(type.getCharset(), parsed.getCharset());
    }

    private static @Nullable ContentType parse(String contentType) {
        try {
            return ContentType.parse(contentType);
        } catch (IllegalArgumentException e) {
            // a charset that Java doesn't know, for one
            return null;
        }
    }
}
