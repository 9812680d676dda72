package io.tandem.config;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The values of {@code target.<name>.auth}. */
enum Authentication {
    NONE("none", "", Set.of()),
    BASIC("basic", "basic.", Set.of()),
    API_KEY("api-key", "api-key.", Set.of()),
    CLIENT_CREDENTIALS("client-credentials", "oauth.", Set.of()),
    AUTHORIZATION_CODE(
            "authorization-code",
            "oauth.",
            Set.of("oauth.authorization-url", "oauth.device-url", "oauth.redirect", "oauth.authorization.")),
    TOKEN_EXCHANGE("token-exchange", "oauth.", Set.of("oauth.subject-token-type", "oauth.requested-token-type"));

    private static final String OAUTH2_KEYS = "oauth.";

    private final String word;
    private final String keys;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<String> alone;

    /**
     * @param keys what begins so has an effect with this choice
     * @param alone what of that has an effect with no other choice
     */
    Authentication(String word, String keys, Set<String> alone) {
        this.word = word;
        this.keys = keys;
        this.alone = alone;
    }

    /** As users write it. */
    String word() {
        return word;
    }

    /** Whether a key (the part after the target's name) has an effect with this choice. */
    boolean uses(String rest) {
        if (isGeneral(rest)) {
            return true;
        }
        if (keys.isEmpty() || !rest.startsWith(keys)) {
            return false;
        }
        for (Authentication other : values()) {
            if (other != this && other.alone.stream().anyMatch(rest::startsWith)) {
                return false;
            }
        }
        return true;
    }

    /** Those with which a key has an effect, in words. */
    static List<String> using(String rest) {
        return Arrays.stream(values())
                .filter(choice -> choice.uses(rest))
                .map(Authentication::word)
                .toList();
    }

    /** Whether {@code word} is a choice with which tokens are got. */
    static boolean isOAuth2(String word) {
        for (Authentication any : values()) {
            if (any.word.equals(word)) {
                return any.keys.equals(OAUTH2_KEYS);
            }
        }
        return false;
    }

    private static boolean isGeneral(String rest) {
        for (Authentication any : values()) {
            if (!any.keys.isEmpty() && rest.startsWith(any.keys)) {
                return false;
            }
        }
        return true;
    }
}
