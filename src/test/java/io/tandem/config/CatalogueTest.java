package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogueTest {
    static Collection<Key<?>> keys() {
        return Catalogue.KEYS;
    }

    @Test
    void everyKeyIsListedOnceWhenDeclared() {
        List<Object> declared = Arrays.stream(Catalogue.class.getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == Key.class)
                .map(CatalogueTest::valueOf)
                .toList();

        assertThat(Catalogue.KEYS).doesNotHaveDuplicates();
        assertThat(List.<Object>copyOf(Catalogue.KEYS)).containsExactlyInAnyOrderElementsOf(declared);
        assertThat(Catalogue.KEYS).extracting(Key::name).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void exampleIsValidAndIsNotTheDefaultWhenThereIsAChoice(Key<?> key) {
        assertThat(key.type().parse(key.example())).isNotNull();
        if (key != Catalogue.SHAPE) {
            assertThat(key.example()).isNotEqualTo(key.standard());
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void defaultIsValidWhenThereIsOne(Key<?> key) {
        String standard = key.standard();
        if (standard != null && !standard.contains("{{")) {
            assertThat(key.type().parse(standard)).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void descriptionIsOneSentenceWhenDeclared(Key<?> key) {
        assertThat(key.description()).matches("[A-Z][^|\\n]*\\.").doesNotContain(". ");
    }

    @ParameterizedTest
    @MethodSource("keys")
    void keyIsRecognisedWhenWrittenForATarget(Key<?> key) {
        Catalogue.Match match = Catalogue.match(key.at("api-one").replaceFirst("<.*>$", "X-Tenant"));

        assertThat(Objects.requireNonNull(match).key()).isEqualTo(key);
        assertThat(match.target()).isEqualTo(key.ofTarget() ? "api-one" : "");
        assertThat(match.chosen()).isEqualTo(key.openEnded() ? "X-Tenant" : "");
    }

    private static Object valueOf(Field field) {
        try {
            return field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
