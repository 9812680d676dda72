package io.tandem.config;

import org.jspecify.annotations.Nullable;

/**
 * One key of the {@link Catalogue}.
 *
 * @param name as users write it; {@code <name>} stands for the name of a target, another word in angle brackets at the
 *     end for a part that users choose
 * @param standard the default, as it would be written in a file (it may have placeholders); null when there is none
 * @param unit of the value; empty when there is none
 * @param required whether it must be given, as far as it applies at all
 * @param live whether a change takes effect while Tandem runs; else at its next start
 * @param description one sentence
 * @param example a value that is valid, and not the default
 */
record Key<T>(
        String name,
        ValueType<T> type,
        @Nullable String standard,
        String unit,
        boolean required,
        Sensitivity sensitivity,
        boolean live,
        String description,
        String example) {
    private static final String TARGET = "target.<name>.";
    private static final String KAFKA = "tandem.kafka.";

    static <T> Key<T> key(String name, ValueType<T> type, String example, String description) {
        return new Key<>(name, type, null, type.unit(), false, Sensitivity.OPEN, true, description, example);
    }

    Key<T> withDefault(String value) {
        return new Key<>(name, type, value, unit, required, sensitivity, live, description, example);
    }

    Key<T> in(String newUnit) {
        return new Key<>(name, type, standard, newUnit, required, sensitivity, live, description, example);
    }

    Key<T> must() {
        return new Key<>(name, type, standard, unit, true, sensitivity, live, description, example);
    }

    Key<T> kept(Sensitivity newSensitivity) {
        return new Key<>(name, type, standard, unit, required, newSensitivity, live, description, example);
    }

    /** A change waits for the next start. */
    Key<T> atStart() {
        return new Key<>(name, type, standard, unit, required, sensitivity, false, description, example);
    }

    boolean ofTarget() {
        return name.startsWith(TARGET);
    }

    /** The same key for the brokers of Kafka. */
    Key<T> ofKafka() {
        return new Key<>(
                KAFKA + rest(),
                type,
                standard,
                unit,
                required,
                sensitivity,
                false,
                description.replace("the target", "the broker"),
                example.replace("api-one", "kafka"));
    }

    /** What follows the target's name, or Kafka's. */
    String rest() {
        return name.substring((ofTarget() ? TARGET : KAFKA).length());
    }

    /** The key of one target. */
    String at(String target) {
        return name.replace("<name>", target);
    }

    /** Whether users choose the last part. */
    boolean openEnded() {
        return name.endsWith(">");
    }

    /** Of an open-ended key: {@link #rest()} without the part that users choose. */
    String stem() {
        return rest().substring(0, rest().lastIndexOf('<'));
    }
}
