package io.tandem.message;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * W3C trace context (level 1).
 *
 * @param traceId 32 lower-case hex digits
 * @param spanId 16 lower-case hex digits
 * @param flags 2 lower-case hex digits
 */
public record TraceContext(String traceId, String spanId, String flags) {
    private static final int HEADER_LENGTH = 55;

    /** A new trace, not sampled. */
    public static TraceContext root() {
        return new TraceContext(randomHex() + randomHex(), randomHex(), "00");
    }

    /** The caller's trace when {@code traceparent} is valid, else a new one (W3C Trace Context §4.3). */
    public static TraceContext continueOrRoot(@Nullable String traceparent) {
        return traceparent != null && isValid(traceparent)
                ? new TraceContext(
                        traceparent.substring(3, 35), traceparent.substring(36, 52), traceparent.substring(53, 55))
                : root();
    }

    /** The same trace with a fresh span. */
    public TraceContext child() {
        return new TraceContext(traceId, randomHex(), flags);
    }

    /** The same place in it, of which nothing more is recorded. */
    public TraceContext unsampled() {
        return new TraceContext(traceId, spanId, "00");
    }

    /** Whether whoever began it has it recorded (§3.2.2.5). */
    public boolean isSampled() {
        return (Character.digit(flags.charAt(1), 16) & 1) == 1;
    }

    /** The traceparent header. */
    public String header() {
        return "00-" + traceId + "-" + spanId + "-" + flags;
    }

    private static boolean isValid(String header) {
        return header.length() >= HEADER_LENGTH
                && hasKnownForm(header)
                && header.charAt(2) == '-'
                && header.charAt(35) == '-'
                && header.charAt(52) == '-'
                && isHex(header, 3, 35)
                && isHex(header, 36, 52)
                && isHex(header, 53, 55)
                && !isZero(header, 3, 35)
                && !isZero(header, 36, 52);
    }

    /** A later version begins like version 00, and may go on after another hyphen (§4.3). */
    private static boolean hasKnownForm(String header) {
        if (!isHex(header, 0, 2) || header.startsWith("ff")) {
            return false;
        }
        return header.length() == HEADER_LENGTH || (!header.startsWith("00") && header.charAt(HEADER_LENGTH) == '-');
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }

    /** 16 digits, never all zero. */
    private static String randomHex() {
        long value = ThreadLocalRandom.current().nextLong() | 1;
        char[] digits = new char[16];
        for (int i = 15; i >= 0; i--) {
            digits[i] = Character.forDigit((int) (value & 0xf), 16);
            value >>>= 4;
        }
        return new String(digits);
    }
}
