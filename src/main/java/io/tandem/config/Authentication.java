package io.tandem.config;

/** The values of {@code target.<name>.auth}. */
enum Authentication {
    NONE("none", ""),
    BASIC("basic", "basic."),
    API_KEY("api-key", "api-key."),
    CLIENT_CREDENTIALS("client-credentials", "oauth.");

    private final String word;
    private final String keys;

    Authentication(String word, String keys) {
        this.word = word;
        this.keys = keys;
    }

    /** As users write it. */
    String word() {
        return word;
    }

    /** Whether a key (the part after the target's name) has an effect with this choice. */
    boolean uses(String rest) {
        return isGeneral(rest) || (!keys.isEmpty() && rest.startsWith(keys));
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
