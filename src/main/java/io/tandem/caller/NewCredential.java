package io.tandem.caller;

import io.tandem.config.CallerList;
import java.security.SecureRandom;
import java.util.List;

/** Makes credentials, and what is written down of them. Thread-safe. */
public final class NewCredential {
    private static final int SALT_BYTES = 16;
    private static final int KEY_BYTES = 32;

    private final SecureRandom random = new SecureRandom();

    /** An API key that nobody can guess. */
    public String key() {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return "tdm_" + Base64Url.encode(key);
    }

    /** What is written down of an API key. */
    public CallerList.Entry ofKey(String name, String key, List<String> scopes) {
        return new CallerList.Entry(name, CallerList.Kind.KEY, KeyHash.of(key, salt()), List.copyOf(scopes));
    }

    /** What is written down of a password. Takes a fifth of a second. */
    public CallerList.Entry ofPassword(String name, char[] password, List<String> scopes) {
        String hash = PasswordHash.of(password, salt(), PasswordHash.ROUNDS);
        return new CallerList.Entry(name, CallerList.Kind.PASSWORD, hash, List.copyOf(scopes));
    }

    private byte[] salt() {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return salt;
    }
}
