package io.tandem.message;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes JSON as UTF-8 bytes, splicing in documents that are JSON already without parsing them into a tree. The caller
 * is responsible for the grammar; strings are escaped. Not thread-safe.
 */
public final class JsonBuffer {
    private byte[] bytes;
    private int size;

    /** A buffer with room for {@code capacity} bytes; it grows as needed. */
    public JsonBuffer(int capacity) {
        bytes = new byte[Math.max(16, capacity)];
    }

    public JsonBuffer raw(char ascii) {
        ensure(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    /** Appends text that is JSON already and ASCII. */
    @SuppressWarnings("deprecation") // the byte-wise copy is right for ASCII, and the fastest there is
    public JsonBuffer raw(String ascii) {
        int n = ascii.length();
        ensure(n);
        ascii.getBytes(0, n, bytes, size);
        size += n;
        return this;
    }

    /** Appends bytes that are JSON already. */
    public JsonBuffer raw(byte[] json) {
        ensure(json.length);
        System.arraycopy(json, 0, bytes, size, json.length);
        size += json.length;
        return this;
    }

    public JsonBuffer comma() {
        return raw(',');
    }

    /** A member name and its colon. */
    public JsonBuffer name(String name) {
        return string(name).raw(':');
    }

    public JsonBuffer string(String value) {
        raw('"');
        if (isPlainAscii(value)) {
            raw(value);
        } else {
            // a lone surrogate has no UTF-8 form: it becomes U+FFFD rather than an exception in the middle of a reply
            raw(JsonStringEncoder.getInstance().quoteAsUTF8(wellFormed(value)));
        }
        return raw('"');
    }

    public JsonBuffer number(long value) {
        return raw(Long.toString(value));
    }

    public JsonBuffer bool(boolean value) {
        return raw(value ? "true" : "false");
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    private static boolean isPlainAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private static String wellFormed(String value) {
        StringBuilder mended = null;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1));
            if (pair) {
                i++;
            } else if (Character.isSurrogate(c)) {
                if (mended == null) {
                    mended = new StringBuilder(value);
                }
                mended.setCharAt(i, '\ufffd');
            }
        }
        return mended == null ? value : mended.toString();
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
        }
    }
}
