package io.tandem.caller;

import java.util.Base64;

/** Bytes as text that needs no quoting anywhere (RFC 4648 §5). Stateless. */
final class Base64Url {
    private Base64Url() {}

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws IllegalArgumentException when it is none */
    static byte[] decode(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
