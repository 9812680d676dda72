package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PropertiesFileTest {
    private static final Origin FILE = Origin.of(Layer.FILE, "a.properties");

    private final Faults faults = new Faults();

    @Test
    void linesAreKnownWhenThereAreCommentsAndContinuations() {
        List<RawValue> values = PropertiesFile.parse(
                """
                # comment \\
                a = 1

                  ! another
                b=first,\\
                   second,\\
                   third
                c:3\r
                d 4
                """,
                FILE,
                faults);

        assertThat(values)
                .extracting(RawValue::key, RawValue::value, value -> value.origin()
                        .place()
                        .toString())
                .containsExactly(
                        tuple("a", "1", "a.properties:2"),
                        tuple("b", "first,second,third", "a.properties:5"),
                        tuple("c", "3", "a.properties:8"),
                        tuple("d", "4", "a.properties:9"));
    }

    @Test
    void textIsUtf8WhenItIsNotAscii() {
        List<RawValue> values = PropertiesFile.parse("\uFEFFname=J\u00f6rg \\u00fc\n", FILE, faults);

        assertThat(values).singleElement().satisfies(value -> {
            assertThat(value.key()).isEqualTo("name");
            assertThat(value.value()).isEqualTo("J\u00f6rg \u00fc");
        });
    }

    @Test
    void bothLinesAreToldWhenAKeyIsDuplicated() {
        List<RawValue> values = PropertiesFile.parse("a=1\nb=2\na=3\n", FILE, faults);

        assertThat(values).extracting(RawValue::value).containsExactly("1", "2");
        assertThat(messages()).containsExactly("a.properties:3: duplicated key 'a', first given on line 1; remove one");
    }

    @Test
    void faultHasTheLineWhenAnEscapeIsMalformed() {
        PropertiesFile.parse("a=1\npath=C:\\users\\x\n=3\n", FILE, faults);

        assertThat(messages())
                .containsExactly(
                        "a.properties:2: malformed \\u escape; write \\u and four hexadecimal digits, or \\\\ for a"
                                + " backslash",
                        "a.properties:3: a value without a key");
    }

    @Test
    void resultIsThatOfTheJdkWhenTextIsArbitrary() throws IOException {
        Random random = new Random(20);
        String alphabet = "ab=: \t\\\n\r#!\f";
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(24); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            Properties expected = new Properties();
            expected.load(new StringReader(text.toString()));
            expected.remove("");

            Faults duplicates = new Faults();
            Map<String, String> parsed = new HashMap<>();
            PropertiesFile.parse(text.toString(), FILE, duplicates)
                    .forEach(value -> parsed.put(value.key(), value.value()));

            assertThat(parsed.keySet()).as(() -> describe(text)).isEqualTo(expected.stringPropertyNames());
            if (catchThrowableOfType(ConfigurationException.class, duplicates::throwIfAny) == null) {
                assertThat(parsed).as(() -> describe(text)).isEqualTo(expected);
            }
        }
    }

    private static String describe(CharSequence text) {
        return text.toString().replace("\n", "<LF>").replace("\r", "<CR>");
    }

    private List<String> messages() {
        return catchThrowableOfType(ConfigurationException.class, faults::throwIfAny).faults().stream()
                .map(Fault::line)
                .toList();
    }
}
