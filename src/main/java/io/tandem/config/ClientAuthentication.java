package io.tandem.config;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The values of {@code target.<name>.oauth.client-auth}. */
enum ClientAuthentication {
    BASIC("basic", Set.of("oauth.client-secret")),
    POST("post", Set.of("oauth.client-secret")),
    PRIVATE_KEY_JWT(
            "private_key_jwt",
            Set.of(
                    "oauth.private-key",
                    "oauth.private-key.algorithm",
                    "oauth.private-key.id",
                    "oauth.assertion-audience")),
    // A client certificate may be shown with any of them: a gateway before the server may ask for it
    TLS("tls", Set.of()),
    NONE("none", Set.of());

    private final String word;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<String> keys;

    ClientAuthentication(String word, Set<String> keys) {
        this.word = word;
        this.keys = keys;
    }

    /** As users write it. */
    String word() {
        return word;
    }

    /** Whether a key (the part after the target's name) has an effect with this choice. */
    boolean uses(String rest) {
        return keys.contains(rest) || Arrays.stream(values()).noneMatch(other -> other.keys.contains(rest));
    }

    /** Those that use a key, in words. */
    static List<String> using(String rest) {
        return Arrays.stream(values())
                .filter(choice -> choice.uses(rest))
                .map(ClientAuthentication::word)
                .toList();
    }
}
