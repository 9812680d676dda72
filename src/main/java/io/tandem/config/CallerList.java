package io.tandem.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who may call, as it is written down: a line for each credential, {@code NAME HASH [SCOPE ...]}. Lines are separated by
 * line breaks or commas; an empty one, and one that begins with {@code #}, says nothing. Stateless.
 */
public final class CallerList {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String BASE64 = "[A-Za-z0-9_-]";

    /** Of 16 bytes of salt and 32 bytes of hash. */
    private static final String SALT_AND_HASH = BASE64 + "{22}:" + BASE64 + "{43}";

    private CallerList() {}

    /** What a credential is a hash of. */
    public enum Kind {
        /** An API key, which nobody can guess, and one round of SHA-256 is enough for. */
        KEY("sha256:" + SALT_AND_HASH),
        /** A password, which takes many rounds of PBKDF2. */
        PASSWORD("pbkdf2:[1-9]\\d{4,6}:" + SALT_AND_HASH);

        private final Pattern form;

        Kind(String form) {
            this.form = Pattern.compile(form);
        }
    }

    /**
     * One credential.
     *
     * @param name of the caller, which may have several keys
     * @param hash of the credential, in the form of its kind
     * @param scopes what the caller may do when it shows this credential; empty: what every caller may
     */
    public record Entry(String name, Kind kind, String hash, List<String> scopes) {
        /** The line that is read back as this entry. */
        public String line() {
            return scopes.isEmpty() ? name + " " + hash : name + " " + hash + " " + String.join(" ", scopes);
        }

        @Override
        public String toString() {
            return name + " " + kind + " " + scopes;
        }
    }

    /** A text is no list of callers; the message says where and why, and shows no credential. */
    public static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    /** Whether a caller may have this name. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Whether a caller may be granted this. */
    public static boolean isScope(String text) {
        return ValueTypes.isScope(text);
    }

    /**
     * Reads a list.
     *
     * @throws MalformedException at the first line that is none
     */
    public static List<Entry> parse(String text) throws MalformedException {
        List<Entry> entries = new ArrayList<>();
        Set<String> withPassword = new HashSet<>();
        String[] lines = text.split("\\R|,");
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                Entry entry = entry(line, i + 1);
                if (entry.kind() == Kind.PASSWORD && !withPassword.add(entry.name())) {
                    throw new MalformedException("line %d: '%s' has a password already".formatted(i + 1, entry.name()));
                }
                entries.add(entry);
            }
        }
        return List.copyOf(entries);
    }

    private static Entry entry(String line, int number) throws MalformedException {
        String[] parts = line.split("\\s+");
        if (!isName(parts[0])) {
            // not shown: it may be a key
            throw new MalformedException(
                    "line %d: expected a name of letters, digits, '.', '_', '-'".formatted(number));
        }
        String hash = parts.length > 1 ? parts[1] : "";
        Kind kind = Arrays.stream(Kind.values())
                .filter(candidate -> candidate.form.matcher(hash).matches())
                .findFirst()
                .orElseThrow(() -> new MalformedException(
                        "line %d: what follows '%s' is not a hash that 'bin/tandem hash-key' has written"
                                .formatted(number, parts[0])));
        List<String> scopes = List.of(parts).subList(2, parts.length);
        if (!scopes.stream().allMatch(CallerList::isScope)) {
            throw new MalformedException("line %d: '%s' has a scope that is none".formatted(number, parts[0]));
        }
        return new Entry(parts[0], kind, hash, scopes);
    }
}
