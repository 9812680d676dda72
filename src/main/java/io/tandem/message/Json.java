package io.tandem.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
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
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    /**
     * @param json UTF-8 (or UTF-16/32, which JSON parsers detect)
     * @return null when {@code json} is exactly one valid document, else what is wrong with it and where, with nothing
     *     of its content
     */
    public static @Nullable String fault(byte[] json) {
        int notUtf8 = isWiderThanUtf8(json) ? -1 : firstByteThatIsNotUtf8(json);
        if (notUtf8 >= 0) {
            return "not UTF-8 at byte " + (notUtf8 + 1);
        }
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

    /** The text that a JSON string stands for. */
    static String text(byte[] json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            throw new UncheckedIOException("not a JSON string", e);
        }
    }

    /** UTF-16 or UTF-32, as the parser tells them (RFC 4627 §3): the first character of JSON is ASCII. */
    private static boolean isWiderThanUtf8(byte[] json) {
        for (int i = 0; i < Math.min(4, json.length); i++) {
            if (json[i] == 0 || json[i] == (byte) 0xFE || json[i] == (byte) 0xFF) {
                return true;
            }
        }
        return false;
    }

    /** The parser lets overlong sequences and surrogates pass, by which filters are fooled (RFC 3629 §10). */
    private static int firstByteThatIsNotUtf8(byte[] json) {
        int ascii = 0;
        while (ascii < json.length && json[ascii] >= 0) {
            ascii++;
        }
        if (ascii == json.length) {
            return -1;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(json, ascii, json.length - ascii);
        CharBuffer scratch = CharBuffer.allocate(Math.min(1024, json.length));
        CoderResult result = CoderResult.OVERFLOW;
        while (result.isOverflow()) {
            scratch.clear();
            result = decoder.decode(in, scratch, true);
        }
        return result.isError() ? in.position() : -1;
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
