package io.tandem.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Checks that bytes are one JSON document, without building a tree. Thread-safe. */
public final class Json {
    /** Deeper documents are refused: they are attacks on the stack of whoever parses them next. */
    private static final int MAX_DEPTH = 500;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    /**
     * @param json UTF-8 (or UTF-16/32, which JSON parsers detect)
     * @return null when {@code json} is exactly one valid document, else what is wrong with it and where, with nothing
     *     of its content
     */
    public static @Nullable String fault(byte[] json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() == null) {
                return "empty";
            }
            parser.skipChildren();
            // a scalar is consumed lazily: force it, so that a broken one is seen
            parser.finishToken();
            return parser.nextToken() == null ? null : "more than one document" + at(parser);
        } catch (JsonProcessingException e) {
            return describe(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private static String describe(JsonProcessingException e) {
        String original = e.getOriginalMessage();
        String reason = original.contains("nesting depth") ? "nested too deeply" : "syntax error";
        return e.getLocation() == null
                ? reason
                : reason + " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    private static String at(JsonParser parser) {
        return " at line " + parser.currentLocation().getLineNr() + ", column "
                + parser.currentLocation().getColumnNr();
    }
}
