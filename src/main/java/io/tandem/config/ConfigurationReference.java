package io.tandem.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Renders the reference page of the configuration from the {@link Catalogue}, so that the two can't drift apart. */
final class ConfigurationReference {
    private static final String INTRODUCTION = "configuration-introduction.md";
    private static final Pattern PLACEHOLDER_ONLY = Pattern.compile("\\{\\{([^:{}]+)}}");

    private ConfigurationReference() {}

    private record Section(String title, String text, Predicate<Key<?>> keys) {}

    private static final List<Section> SECTIONS = List.of(
            new Section(
                    "Messages",
                    "",
                    key -> !key.ofTarget()
                            && !isOfCallers(key)
                            && (key.name().indexOf('.') == key.name().lastIndexOf('.')
                                    || key.name().startsWith("tandem.cluster.")
                                    || key.name().startsWith("tandem.compare."))),
            new Section("HTTP", "", key -> key.name().startsWith("tandem.http.")),
            new Section(
                    "Who may call",
                    "[security.md](security.md) shows how to make keys, and what each way asks of callers.",
                    ConfigurationReference::isOfCallers),
            new Section("Health and log levels", "", key -> key.name().startsWith("tandem.management.")),
            new Section(
                    "Metrics and traces",
                    "[operations.md](operations.md) says what there is to be seen.",
                    key -> Stream.of("tandem.metrics.", "tandem.tracing.", "tandem.otlp.")
                            .anyMatch(key.name()::startsWith)),
            new Section("Watched folder", "", key -> key.name().startsWith("tandem.inbox.")),
            new Section(
                    "Journal",
                    "[journal.md](journal.md) says what is journaled, and what becomes of it.",
                    key -> key.name().startsWith("tandem.journal.")
                            || key.name().startsWith("tandem.redelivery.")),
            new Section(
                    "Kafka",
                    "[kafka.md](kafka.md) says what becomes of records, and how brokers are connected to.",
                    key -> key.name().startsWith(Catalogue.KAFKA_PREFIX)),
            new Section(
                    "Where no connection goes",
                    "[connections.md](connections.md) says what is looked at.",
                    key -> key.name().startsWith("tandem.egress.")),
            new Section("Tokens", "", key -> key.name().startsWith("tandem.tokens.")),
            new Section(
                    "Targets",
                    "`<name>` is the name of the target: " + TargetNames.EXPECTED
                            + ". A target exists as soon as it has a URL; the order in which targets first appear is"
                            + " their order everywhere.",
                    key -> key.ofTarget() && Authentication.NONE.uses(key.rest())),
            new Section("With `auth=basic`", "", of(Authentication.BASIC)),
            new Section("With `auth=api-key`", "", of(Authentication.API_KEY)),
            new Section(
                    "With OAuth2",
                    "For `auth=client-credentials`, `authorization-code` and `token-exchange`; [oauth2.md](oauth2.md)"
                            + " says which is for what.",
                    of(Authentication.CLIENT_CREDENTIALS)),
            new Section("Only with `auth=authorization-code`", "", onlyOf(Authentication.AUTHORIZATION_CODE)),
            new Section("Only with `auth=token-exchange`", "", onlyOf(Authentication.TOKEN_EXCHANGE)));

    static String render() {
        StringBuilder page = new StringBuilder(introduction());
        for (Section section : SECTIONS) {
            page.append("\n## ").append(section.title()).append("\n\n");
            if (!section.text().isEmpty()) {
                page.append(section.text()).append("\n\n");
            }
            page.append("| Key | Type | Unit | Default | Live | Description | Example |\n");
            page.append("|---|---|---|---|---|---|---|\n");
            Catalogue.KEYS.stream().filter(section.keys()).forEach(key -> page.append(row(key)));
        }
        return page.toString();
    }

    private static boolean isOfCallers(Key<?> key) {
        return key.name().equals(Catalogue.CALLER_AUTH.name())
                || key.name().startsWith("tandem.auth.")
                || key.name().startsWith("tandem.caller.");
    }

    private static Predicate<Key<?>> of(Authentication authentication) {
        return key -> key.ofTarget() && authentication.uses(key.rest()) && !Authentication.NONE.uses(key.rest());
    }

    private static Predicate<Key<?>> onlyOf(Authentication authentication) {
        return of(authentication).and(key -> !Authentication.CLIENT_CREDENTIALS.uses(key.rest()));
    }

    private static String row(Key<?> key) {
        return "| %s | %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                        code(key.name()),
                        key.type().name(),
                        key.unit(),
                        standard(key),
                        key.live() ? "yes" : "",
                        key.description(),
                        code(key.example()))
                .replace(System.lineSeparator(), "\n");
    }

    private static String standard(Key<?> key) {
        String standard = key.standard();
        if (standard == null) {
            return key.required() ? "required" : "none";
        }
        return standard.isEmpty()
                ? "none"
                : PLACEHOLDER_ONLY
                        .matcher(standard)
                        .replaceFirst("$1")
                        .transform(text -> text.equals(standard) ? code(text) : "value of " + code(text));
    }

    private static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }

    private static String introduction() {
        try (InputStream text = ConfigurationReference.class.getResourceAsStream(INTRODUCTION)) {
            if (text == null) {
                throw new IllegalStateException(INTRODUCTION + " is missing beside this class");
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
