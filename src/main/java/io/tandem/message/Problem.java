package io.tandem.message;

import org.jspecify.annotations.Nullable;

/**
 * One problem, as RFC 9457 describes it. Shown to callers: {@code detail} must not hold a host name, a credential or
 * text from a target.
 *
 * @param type the kind, with its title and default status
 * @param status the HTTP status of this occurrence
 * @param detail what went wrong here and what to do, or null
 */
public record Problem(ProblemType type, int status, @Nullable String detail) {
    /** The media type of a problem document. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** A problem with the default status of its type. */
    public static Problem of(ProblemType type, @Nullable String detail) {
        return new Problem(type, type.status(), detail);
    }

    /** Appends the members {@code type}, {@code title}, {@code status}, {@code detail}, without the braces. */
    public void writeMembers(JsonBuffer out, int statusShown) {
        out.name("type").string(type.type());
        out.comma().name("title").string(type.title());
        out.comma().name("status").number(statusShown);
        if (detail != null) {
            out.comma().name("detail").string(detail);
        }
    }

    /**
     * The whole document.
     *
     * @param instance identifies this occurrence, such as {@code /messages/{id}}, or null
     * @return UTF-8
     */
    public byte[] toJson(@Nullable String instance) {
        JsonBuffer out = new JsonBuffer(256).raw('{');
        writeMembers(out, status);
        if (instance != null) {
            out.comma().name("instance").string(instance);
        }
        return out.raw('}').toByteArray();
    }
}
