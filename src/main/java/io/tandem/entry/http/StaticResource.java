package io.tandem.entry.http;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is always there at a path, whatever the routes are: a page, an image, the contract. Answers GET and
 * HEAD, compressed for those who take it, and with 304 for those who have it already. Immutable.
 */
public final class StaticResource {
    private final Map<String, String> headers;

    @Nullable
    private final String contentType;

    @Nullable
    private final Function<@Nullable String, Content> content;

    private StaticResource(
            Map<String, String> headers,
            @Nullable String contentType,
            @Nullable Function<@Nullable String, Content> content) {
        this.headers = Map.copyOf(headers);
        this.contentType = contentType;
        this.content = content;
    }

    /**
     * A resource with content.
     *
     * @param headers besides those that describe the content
     * @param content asked at each request, on a thread that may block; a {@link io.tandem.message.ProblemException}
     *     becomes the answer
     */
    public static StaticResource of(String contentType, Map<String, String> headers, Supplier<Content> content) {
        return new StaticResource(headers, contentType, query -> content.get());
    }

    /**
     * A resource whose content depends on what is asked for.
     *
     * @param content asked as in {@link #of}, with the query of the request; null when it has none
     */
    public static StaticResource ofQuery(
            String contentType, Map<String, String> headers, Function<@Nullable String, Content> content) {
        return new StaticResource(headers, contentType, content);
    }

    /** A path under which something is looked for that is elsewhere; {@code location} may be relative. */
    public static StaticResource movedTo(String location) {
        return new StaticResource(Map.of("Location", location), null, null);
    }

    /** What to answer, made where blocking is allowed, to be written on the event loop. */
    record Answer(int status, Map<String, String> headers, Buffer body) {
        static Answer empty(int status, Map<String, String> headers) {
            return new Answer(status, headers, Buffer.buffer());
        }

        /** Completes when it has gone out. */
        Future<Void> writeTo(HttpServerResponse out, boolean withBody) {
            out.setStatusCode(status);
            headers.forEach(out::putHeader);
            if (withBody) {
                return out.end(body);
            }
            if (status == 200) {
                out.putHeader("Content-Length", Integer.toString(body.length()));
            }
            return out.end();
        }
    }

    /**
     * @param request the headers of the request
     * @param query of the request; null when it has none
     */
    Answer answer(MultiMap request, @Nullable String query) {
        Map<String, String> out = new HashMap<>(headers);
        if (content == null || contentType == null) {
            return Answer.empty(308, out);
        }
        Content current = content.apply(query);
        out.put("ETag", current.etag());
        // to be asked for again each time, which costs next to nothing with the entity tag
        out.putIfAbsent("Cache-Control", "no-cache");
        boolean compressible = isCompressible(contentType);
        if (compressible) {
            out.put("Vary", "Accept-Encoding");
        }
        if (matches(request.get("If-None-Match"), current.etag())) {
            return Answer.empty(304, out);
        }
        out.put("Content-Type", contentType);
        out.put("X-Content-Type-Options", "nosniff");
        if (compressible && acceptsGzip(request.get("Accept-Encoding"))) {
            out.put("Content-Encoding", "gzip");
            return new Answer(200, out, Buffer.buffer(current.gzipped()));
        }
        return new Answer(200, out, Buffer.buffer(current.bytes()));
    }

    private static boolean isCompressible(String contentType) {
        return contentType.startsWith("text/") || contentType.startsWith("application/");
    }

    /** RFC 9110 §13.1.2: a list of entity tags, compared weakly. */
    private static boolean matches(@Nullable String ifNoneMatch, String etag) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String candidate : ifNoneMatch.split(",")) {
            String tag = candidate.trim();
            if (tag.equals("*") || tag.equals(etag) || ("W/" + tag).equals(etag)) {
                return true;
            }
        }
        return false;
    }

    /** RFC 9110 §12.5.3, as far as one coding goes: named, and not with a weight of zero. */
    private static boolean acceptsGzip(@Nullable String acceptEncoding) {
        if (acceptEncoding == null) {
            return false;
        }
        for (String coding : acceptEncoding.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = coding.trim().split("\\s*;\\s*");
            if (parts[0].equals("gzip")) {
                return parts.length == 1 || !parts[1].matches("q=0(\\.0*)?");
            }
        }
        return false;
    }
}
