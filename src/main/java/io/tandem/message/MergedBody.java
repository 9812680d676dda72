package io.tandem.message;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What a merge strategy of the users' own makes of the replies. Over HTTP it is the whole answer, as it is; in a document
 * (a line of a reply file) it is the member {@code body}, before the replies. Immutable as long as nobody writes to the
 * array.
 *
 * @param bytes the body, in the charset that the content type names; may be empty
 * @param contentType a media type, with parameters or without
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy per message would cost
public record MergedBody(byte[] bytes, String contentType) implements MergedReply.Merged {
    /** RFC 9110, section 8.3.1, and nothing that could end a header. */
    private static final Pattern CONTENT_TYPE =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,127}/[!#$%&'*+.^_`|~0-9A-Za-z-]{1,127}(?:;[ -~]{0,255})?");

    /** @throws IllegalArgumentException when the content type is none, or says JSON of bytes that are none */
    public MergedBody {
        if (!CONTENT_TYPE.matcher(contentType).matches()) {
            throw new IllegalArgumentException("the merged body has a content type that is none");
        }
        if (ReplyBody.isJson(ReplyBody.mediaType(contentType)) && !Json.isDocument(bytes)) {
            throw new IllegalArgumentException("the merged body is not the JSON that its content type says");
        }
    }

    /**
     * A JSON document.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static MergedBody json(String document) {
        return new MergedBody(document.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    /** Plain text. */
    public static MergedBody text(String text) {
        return new MergedBody(text.getBytes(StandardCharsets.UTF_8), "text/plain; charset=utf-8");
    }
}
