package io.tandem.entry.http;

import io.tandem.message.ReplyBody;
import java.util.List;
import java.util.regex.Pattern;

/** The grammar of media types. */
final class MediaTypes {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /** RFC 9110 §8.3.1; possessive, so that a hostile value costs no backtracking. */
    private static final Pattern MEDIA_TYPE = Pattern.compile(TOKEN + "/" + TOKEN + "(?:[ \\t]*+;[ \\t]*+(?:" + TOKEN
            + "=(?:" + TOKEN + "|\"(?:[^\"\\\\\\x00-\\x1f\\x7f]|\\\\[^\\x00-\\x1f])*+\"))?+)*+[ \\t]*+");

    /** A weight of zero: not acceptable (RFC 9110 §12.4.2). */
    private static final Pattern REFUSED = Pattern.compile(".*;[ \\t]*+q=0(?:\\.0{0,3}+)?[ \\t]*+");

    private MediaTypes() {}

    static boolean isValid(String contentType) {
        return contentType.length() <= 256 && MEDIA_TYPE.matcher(contentType).matches();
    }

    /**
     * Whether a media type is acceptable; the range that is most specific about it decides.
     *
     * @param ranges of an Accept header, in lower case
     */
    static boolean isAcceptable(String mediaType, List<String> ranges) {
        String anySubtype = mediaType.substring(0, mediaType.indexOf('/') + 1) + "*";
        for (String candidate : List.of(mediaType, anySubtype, "*/*")) {
            for (String range : ranges) {
                if (ReplyBody.mediaType(range).equals(candidate)) {
                    return !REFUSED.matcher(range).matches();
                }
            }
        }
        return false;
    }
}
