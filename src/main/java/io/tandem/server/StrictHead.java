package io.tandem.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP/2 codec and Vert.x let through of a request's head, and another party could take for something else: the
 * counterpart of {@link StrictRequestDecoder}. Stateless.
 */
final class StrictHead {
    private StrictHead() {}

    /** What is wrong with it; null: nothing. */
    static @Nullable String fault(Http2Headers headers) {
        CharSequence method = headers.method();
        if (method == null || !isToken(method, 0)) {
            return ":method";
        }
        CharSequence path = headers.path();
        if (path != null && !isVisible(path)) {
            return ":path";
        }
        CharSequence scheme = headers.scheme();
        if (scheme != null && !"http".contentEquals(scheme) && !"https".contentEquals(scheme)) {
            return ":scheme";
        }
        List<CharSequence> hosts = headers.getAll(HttpHeaderNames.HOST);
        CharSequence authority = headers.authority();
        // RFC 9113 §8.3.1
        if (hosts.size() > 1
                || (authority == null && hosts.isEmpty())
                || (authority != null && (authority.length() == 0 || !isVisible(authority)))) {
            return "the authority";
        }
        return fieldFault(headers);
    }

    /** RFC 9113 §8.2.1; what the codec has checked is not looked at again. */
    static @Nullable String fieldFault(Http2Headers headers) {
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            CharSequence name = header.getKey();
            if (!isToken(name, Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(name) ? 1 : 0)
                    || !isFieldValue(header.getValue())) {
                return "a header";
            }
        }
        return null;
    }

    /** RFC 9110 §5.6.2. */
    private static boolean isToken(CharSequence text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
            if (!plain && "!#$%&'*+.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return text.length() > from;
    }

    private static boolean isVisible(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFieldValue(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        int last = text.length() - 1;
        return last < 0 || (!isBlank(text.charAt(0)) && !isBlank(text.charAt(last)));
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
