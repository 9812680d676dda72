package io.tandem.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The values of one target, or of the brokers of Kafka, and what can be said about them. For one thread. */
final class TargetValues {
    /** Whose values these are, for people. */
    final String subject;

    final List<RawValue> given;
    private final String prefix;
    private final Values values;
    private final Faults faults;

    /**
     * Whose values.
     *
     * @param subject for people
     * @param prefix of the keys
     */
    private record Owner(String subject, String prefix) {}

    private TargetValues(Owner owner, List<RawValue> given, Values values, Faults faults) {
        this.subject = owner.subject();
        this.prefix = owner.prefix();
        this.given = given;
        this.values = values;
        this.faults = faults;
    }

    static TargetValues of(String target, List<RawValue> given, Values values, Faults faults) {
        Owner owner = new Owner("target '%s'".formatted(target), Catalogue.TARGET_PREFIX + target + ".");
        return new TargetValues(owner, given, values, faults);
    }

    static TargetValues ofKafka(List<RawValue> given, Values values, Faults faults) {
        return new TargetValues(new Owner("tandem.kafka", Catalogue.KAFKA_PREFIX), given, values, faults);
    }

    /** A key as it is written for this target. */
    String at(Key<?> key) {
        return prefix + key.rest();
    }

    /** The value of a key of no target. */
    <T> T global(Key<T> key) {
        return values.get(key);
    }

    /** The value of a key that has a default. */
    <T> T get(Key<T> key) {
        return values.get(key, at(key));
    }

    <T> @Nullable T find(Key<T> key) {
        return values.find(key, at(key));
    }

    /** As {@link #find}, but null also when the value can't be used. */
    <T> @Nullable T usable(Key<T> key) {
        return values.usable(key, at(key));
    }

    @Nullable
    Secret findSecret(Key<Secret> key) {
        return values.findSecret(key, at(key));
    }

    @Nullable
    Path findFile(Key<Path> key) {
        return values.findFile(key, at(key));
    }

    /** The value of an open-ended key. */
    String text(Key<String> openEnded, RawValue raw) {
        String value = values.find(openEnded, raw.key());
        return value == null ? "" : value;
    }

    Origin origin(Key<?> key) {
        return values.origin(at(key));
    }

    /** @param auth that needs it */
    <T> T needed(String auth, Key<T> key) {
        return orExample(key, find(key), origin(Catalogue.AUTH), lacks(auth, key));
    }

    /** @param auth that needs it */
    Secret neededSecret(String auth, Key<Secret> key) {
        return orExample(key, findSecret(key), origin(Catalogue.AUTH), lacks(auth, key));
    }

    private String lacks(String auth, Key<?> key) {
        return "%s has auth=%s and lacks %s".formatted(subject, auth, key.rest());
    }

    /** The value; if there is none, that is a fault, and the example goes on in its stead. */
    <T> T orExample(Key<T> key, @Nullable T value, Origin origin, String missing) {
        if (value != null) {
            return value;
        }
        String name = at(key);
        faults.add(origin, name, "%s; add %s=%s".formatted(missing, name, key.example()));
        return key.type().parse(key.example());
    }

    boolean isGiven(Key<?> key) {
        return given.stream().anyMatch(raw -> raw.key().equals(at(key)));
    }

    /** A key that has an effect only together with another. */
    void needs(Key<?> key, Key<?> other) {
        if (isGiven(key) && !isGiven(other)) {
            fault(key, "'%s' has no effect without " + at(other) + "; add that, or remove it");
        }
    }

    /** A key that another one, which was given, makes needed. */
    <T> T neededBy(Key<?> because, Key<T> key, @Nullable T value) {
        return orExample(
                key, value, origin(because), "%s has %s and lacks %s".formatted(subject, because.rest(), key.rest()));
    }

    /** {@code message}: with {@code %s} for the whole key. */
    void fault(Key<?> key, String message) {
        faults.add(origin(key), at(key), message.formatted(at(key)));
    }

    /**
     * Tells of the keys that have no effect with what was chosen.
     *
     * @param choice the key that chooses
     * @param chosen what it says
     * @param using with which of its values a key has an effect, by the part after the target's name; none: with each
     */
    void reportKeysWithoutEffect(Key<?> choice, String chosen, Function<String, List<String>> using) {
        String word = choice.rest().substring(choice.rest().lastIndexOf('.') + 1);
        Layer layer = origin(choice).layer();
        for (RawValue value : given) {
            Catalogue.Match match = Catalogue.match(value.key());
            List<String> needed =
                    match == null ? List.of() : using.apply(match.key().rest());
            // A later layer may choose otherwise than the file prepared; the file isn't wrong for that
            boolean madeUseless = value.origin().layer().compareTo(layer) < 0;
            if (needed.isEmpty() || madeUseless || needed.contains(chosen)) {
                continue;
            }
            faults.add(
                    value.origin(),
                    value.key(),
                    "'%s' has no effect with %s=%s; set %s=%s, or remove it"
                            .formatted(value.key(), word, chosen, at(choice), String.join(" or ", needed)));
        }
    }

    /** The values of an open-ended key, with the part of the key that the user chose. */
    Map<RawValue, String> chosen(Key<?> openEnded) {
        Map<RawValue, String> chosen = new LinkedHashMap<>();
        for (RawValue raw : given) {
            Catalogue.Match match = Catalogue.match(raw.key());
            if (match != null && match.key().equals(openEnded)) {
                chosen.put(raw, match.chosen());
            }
        }
        return chosen;
    }
}
