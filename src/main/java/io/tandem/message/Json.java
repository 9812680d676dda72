package io.tandem.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Checks that bytes are one JSON document (RFC 8259), without building a tree. Thread-safe. */
public final class Json {
    /** Deeper documents are refused: they are attacks on the stack of whoever parses them next. */
    private static final int MAX_DEPTH = 500;

    /** Characters; the time that parsers need for a number grows with its square. */
    private static final int MAX_NUMBER = 1000;

    /** Of an exponent; a double needs three, a decimal of most languages fewer than ten. */
    private static final int MAX_EXPONENT_DIGITS = 6;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(MAX_NUMBER)
                    .build())
            .build();

    private Json() {}

    /**
     * What is wrong with what a caller sent. Beyond the grammar of RFC 8259 that is all that parsers are known to read in
     * different ways, so that a target never reads another thing than was checked here or by the next target: another
     * encoding than UTF-8, a member that is given twice, a number too long or too large for common parsers.
     *
     * @return null when {@code json} is exactly one valid document, else what is wrong with it and where, with nothing
     *     of its content
     */
    public static @Nullable String fault(byte[] json) {
        return fault(json, true);
    }

    /** Whether {@code json} is one valid document in UTF-8, in which a member may well be given twice. */
    static boolean isDocument(byte[] json) {
        return fault(json, false) == null;
    }

    private static @Nullable String fault(byte[] json, boolean uniqueMembers) {
        int notUtf8 = firstByteThatIsNotUtf8(json);
        if (notUtf8 >= 0) {
            return "not UTF-8 at byte " + (notUtf8 + 1);
        }
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (uniqueMembers) {
                parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            }
            JsonToken token = parser.nextToken();
            if (token == null) {
                return "empty";
            }
            while (token != null) {
                if (token == JsonToken.VALUE_NUMBER_FLOAT && isTooLarge(parser)) {
                    return "a number is too large" + at(parser);
                }
                if (parser.getParsingContext().inRoot() && !token.isStructStart()) {
                    // a scalar is consumed lazily: force it, so that a broken one is seen
                    parser.finishToken();
                    return parser.nextToken() == null ? null : "more than one document" + at(parser);
                }
                token = parser.nextToken();
            }
            return null;
        } catch (JsonProcessingException e) {
            return describe(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    /** Whether the exponent has more digits than parsers can do with; arithmetic with such a number may never end. */
    private static boolean isTooLarge(JsonParser parser) throws IOException {
        char[] text = parser.getTextCharacters();
        int end = parser.getTextOffset() + parser.getTextLength();
        int digits = 0;
        for (int i = end - 1; i >= parser.getTextOffset() && text[i] >= '0' && text[i] <= '9'; i--) {
            digits++;
        }
        int before = end - digits - 1;
        boolean exponent =
                before > parser.getTextOffset() && ("eE".indexOf(text[before]) >= 0 || "+-".indexOf(text[before]) >= 0);
        return exponent && digits > MAX_EXPONENT_DIGITS;
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

    /** The parser lets overlong sequences and surrogates pass, by which filters are fooled (RFC 3629 §10). */
    private static int firstByteThatIsNotUtf8(byte[] json) {
        // by a zero among the first bytes the parser tells UTF-16 and UTF-32 (RFC 4627 §3)
        for (int i = 0; i < Math.min(4, json.length); i++) {
            if (json[i] == 0) {
                return i;
            }
        }
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
        String reason = original.contains("nesting depth")
                ? "nested too deeply"
                : original.startsWith("Number value length")
                        ? "a number is too long"
                        : original.startsWith("Duplicate field") ? "a member is given twice" : "syntax error";
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
