package io.tandem.entry.http;

import java.util.regex.Pattern;

/** The grammar of media types. */
final class MediaTypes {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /** RFC 9110 §8.3.1; possessive, so that a hostile value costs no backtracking. */
    private static final Pattern MEDIA_TYPE = Pattern.compile(TOKEN + "/" + TOKEN + "(?:[ \\t]*+;[ \\t]*+(?:" + TOKEN
            + "=(?:" + TOKEN + "|\"(?:[^\"\\\\\\x00-\\x1f\\x7f]|\\\\[^\\x00-\\x1f])*+\"))?+)*+[ \\t]*+");

    private MediaTypes() {}

    static boolean isValid(String contentType) {
        return contentType.length() <= 256 && MEDIA_TYPE.matcher(contentType).matches();
    }
}
