package io.tandem.message;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The body of a target's reply, in the form in which it goes into the merged reply: a JSON document as it is (UTF-8),
 * a text as a JSON string, anything else in base64.
 * Immutable as long as nobody writes to the arrays that go in and out.
 */
public final class ReplyBody {
    private static final String BASE64 = "base64";

    private final byte[] json;

    /** What a body is, by what was found in it rather than by what the target said. */
    public enum Kind {
        /** A JSON document, as it is. */
        DOCUMENT("application/json"),
        /** A text, as a JSON string. */
        TEXT("text/plain; charset=utf-8"),
        /** Anything else, in base64. */
        BYTES("application/octet-stream");

        private final String contentType;

        Kind(String contentType) {
            this.contentType = contentType;
        }
    }

    private final Kind kind;

    private ReplyBody(Kind kind, byte[] json) {
        this.kind = kind;
        this.json = json;
    }

    /** A body that was kept by its {@link #kind} and {@link #json}. */
    public static ReplyBody restored(Kind kind, byte[] json) {
        return new ReplyBody(kind, json);
    }

    public Kind kind() {
        return kind;
    }

    /** The body as a JSON value, UTF-8, on one line; not to be changed. */
    public byte[] json() {
        return json;
    }

    /** The body itself again. */
    public byte[] bytes() {
        return switch (kind) {
            case DOCUMENT -> json;
            case TEXT -> Json.text(json).getBytes(StandardCharsets.UTF_8);
            // nothing of base64 is escaped in JSON
            case BYTES -> Base64.getDecoder().decode(Arrays.copyOfRange(json, 1, json.length - 1));
        };
    }

    /** What {@link #bytes} are. */
    public String contentType() {
        return kind.contentType;
    }

    /** {@code base64}, or null when the value is the body itself. */
    public @Nullable String encoding() {
        return kind == Kind.BYTES ? BASE64 : null;
    }

    /**
     * Takes a reply apart by its declared content type. Nothing that a target declares is trusted: JSON that is not
     * JSON becomes text, and text that does not decode becomes base64.
     *
     * @param bytes the decoded (not compressed) body, not empty
     * @param contentType the Content-Type header, or null
     */
    public static ReplyBody of(byte[] bytes, @Nullable String contentType) {
        String mediaType = mediaType(contentType);
        if (isJson(mediaType)) {
            byte[] utf8 = toUtf8(bytes, charset(contentType));
            if (utf8 != null && !looksLikeUtf16(utf8) && Json.isDocument(utf8)) {
                return new ReplyBody(Kind.DOCUMENT, singleLine(utf8));
            }
        }
        String text = isText(mediaType) ? decode(bytes, charset(contentType)) : null;
        if (text != null) {
            return new ReplyBody(
                    Kind.TEXT, new JsonBuffer(text.length() + 16).string(text).toByteArray());
        }
        String base64 = Base64.getEncoder().encodeToString(bytes);
        return new ReplyBody(
                Kind.BYTES, new JsonBuffer(base64.length() + 2).string(base64).toByteArray());
    }

    /** Whether a media type (lower case, no parameters) is JSON. */
    public static boolean isJson(String mediaType) {
        return mediaType.equals("application/json") || mediaType.endsWith("+json") || mediaType.equals("text/json");
    }

    /** The media type of a Content-Type header, lower case, without parameters; empty when there is none. */
    public static String mediaType(@Nullable String contentType) {
        if (contentType == null) {
            return "";
        }
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                .trim()
                .toLowerCase(Locale.ROOT);
    }

    private static boolean isText(String mediaType) {
        // JSON and XML that could not be read as such are still text to a person
        return mediaType.isEmpty()
                || mediaType.startsWith("text/")
                || isJson(mediaType)
                || mediaType.equals("application/xml")
                || mediaType.endsWith("+xml")
                || mediaType.equals("application/x-www-form-urlencoded")
                || mediaType.equals("application/javascript");
    }

    private static byte @Nullable [] toUtf8(byte[] bytes, Charset charset) {
        if (charset.equals(StandardCharsets.UTF_8)) {
            boolean byteOrderMark =
                    bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
            return byteOrderMark ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
        }
        String text = decode(bytes, charset);
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String decode(byte[] bytes, Charset charset) {
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The charset parameter; UTF-8 when there is none or it is unknown. */
    private static Charset charset(@Nullable String contentType) {
        if (contentType == null) {
            return StandardCharsets.UTF_8;
        }
        String lower = contentType.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("charset=");
        if (at < 0) {
            return StandardCharsets.UTF_8;
        }
        String name = lower.substring(at + "charset=".length());
        int end = name.indexOf(';');
        name = (end < 0 ? name : name.substring(0, end)).trim();
        if (name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")) {
            name = name.substring(1, name.length() - 1);
        }
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8;
        }
    }

    /** The JSON parser would detect and accept it, but it can't be spliced into UTF-8. */
    private static boolean looksLikeUtf16(byte[] bytes) {
        if (bytes.length < 2) {
            return false;
        }
        boolean mark = bytes[0] == (byte) 0xFE || bytes[0] == (byte) 0xFF;
        return mark || bytes[0] == 0 || bytes[1] == 0;
    }

    /** In valid JSON a line break is white space only, so a blank is as good, and the reply fits a line of NDJSON. */
    private static byte[] singleLine(byte[] json) {
        byte[] out = json;
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                if (out == json) {
                    out = json.clone();
                }
                out[i] = ' ';
            }
        }
        return out;
    }
}
