package io.tandem.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What describes a new target in a properties file. Immutable; never holds a secret, but a reference to it.
 *
 * @param lines of the file
 * @param open the keys whose values are examples yet, to be replaced by what is real
 */
public record TargetBlock(List<String> lines, List<String> open) {
    /** Copies. */
    public TargetBlock {
        lines = List.copyOf(lines);
        open = List.copyOf(open);
    }

    /**
     * Describes a target.
     *
     * @param auth as in {@code target.<name>.auth}
     * @param secret where the secret is, {@code env:NAME} or {@code file:PATH}; empty: a variable named after the target
     * @throws IllegalArgumentException with a line for people, when the target can't be described so
     */
    public static TargetBlock of(String name, String url, String auth, String secret) {
        if (!TargetNames.valid(name)) {
            throw new IllegalArgumentException("'%s' is no name for a target: expected %s, such as api-three"
                    .formatted(name, TargetNames.EXPECTED));
        }
        try {
            Catalogue.URL.type().parse(url);
        } catch (BadValue e) {
            throw new IllegalArgumentException("'%s' is no URL of a target: expected %s, such as %s%s"
                    .formatted(
                            Redaction.shown(url),
                            Catalogue.URL.type().expected(),
                            Catalogue.URL.example(),
                            e.reason().isEmpty() ? "" : " (" + e.reason() + ")"));
        }
        Authentication chosen;
        try {
            chosen = Catalogue.AUTH.type().parse(auth);
        } catch (BadValue e) {
            throw new IllegalArgumentException("'%s' is no auth: expected %s"
                    .formatted(auth, Catalogue.AUTH.type().expected()));
        }
        Builder block = new Builder(name);
        block.add(Catalogue.URL, url);
        block.add(Catalogue.AUTH, chosen.word());
        switch (chosen) {
            case NONE -> {}
            case BASIC -> {
                block.example(Catalogue.BASIC_USERNAME);
                block.add(Catalogue.BASIC_PASSWORD, reference(name, secret, "PASSWORD"));
            }
            case API_KEY -> block.add(Catalogue.API_KEY_VALUE, reference(name, secret, "KEY"));
            case CLIENT_CREDENTIALS, TOKEN_EXCHANGE -> {
                block.example(Catalogue.OAUTH_TOKEN_URL);
                block.example(Catalogue.OAUTH_CLIENT_ID);
                block.add(Catalogue.OAUTH_CLIENT_SECRET, reference(name, secret, "SECRET"));
            }
            case AUTHORIZATION_CODE -> {
                block.example(Catalogue.OAUTH_ISSUER);
                block.example(Catalogue.OAUTH_CLIENT_ID);
                block.add(Catalogue.OAUTH_CLIENT_AUTH, ClientAuthentication.NONE.word());
            }
        }
        return new TargetBlock(block.lines, block.open);
    }

    private static String reference(String name, String secret, String kind) {
        if (secret.isEmpty()) {
            return "{{env:" + name.toUpperCase(Locale.ROOT).replace('-', '_') + "_" + kind + "}}";
        }
        if (secret.matches("env:[A-Za-z_][A-Za-z0-9_]*")) {
            return "{{" + secret + "}}";
        }
        if (secret.matches("file:\\S.*")) {
            return secret;
        }
        // what was given may be the secret itself
        throw new IllegalArgumentException(
                "secrets are not written into files: say where it is, env:NAME or file:PATH");
    }

    private static final class Builder {
        private final String name;
        private final List<String> lines = new ArrayList<>();
        private final List<String> open = new ArrayList<>();

        Builder(String name) {
            this.name = name;
        }

        void add(Key<?> key, String value) {
            lines.add(key.at(name) + "=" + value.replace("\\", "\\\\"));
        }

        void example(Key<?> key) {
            add(key, key.example());
            open.add(key.at(name));
        }
    }
}
