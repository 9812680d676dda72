package io.tandem.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.ExpressionIllegalSyntaxException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsltLanguageTest {
    private final CamelContext context = new DefaultCamelContext();
    private final JsltLanguage language = new JsltLanguage();

    @Test
    void objectBecomesBytesOfJson() {
        assertThat(evaluate("{\"text\": .message, * : .}", "{\"message\":\"grüße \\\"x\\\"\",\"n\":1}"))
                .isEqualTo("{\"text\":\"grüße \\\"x\\\"\",\"message\":\"grüße \\\"x\\\"\",\"n\":1}".getBytes(UTF_8));
    }

    @Test
    void valuesStayWhatTheyAre() {
        assertThat(evaluate(".a", "{\"a\":\"x\"}")).isEqualTo("x");
        assertThat(evaluate(".a", "{\"a\":1}")).isEqualTo(1);
        assertThat(evaluate(".a", "{\"a\":true}")).isEqualTo(true);
        assertThat(evaluate(".a", "{}")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ".code == -1 | {\"code\":-1} | true",
                ".code == -1 | {\"code\":0} | false",
                ".code == -1 | {} | false",
                ".error | {\"error\":{\"x\":1}} | true",
                ".error | {\"error\":null} | false",
                ".error | no JSON | false",
                ".error | '' | false",
            })
    void conditionIsTrueForWhatIsThere(String condition, String body, boolean holds) {
        assertThat(language.createPredicate(condition).matches(exchange(body.getBytes(UTF_8))))
                .isEqualTo(holds);
    }

    @Test
    void reasonIsToldWithoutTheBody() {
        assertThatThrownBy(() -> evaluate("number(.a)", "{\"a\":\"secret\"}"))
                .hasMessage("jslt: the body can't be made into number(.a)");
        assertThatThrownBy(() -> evaluate(".a", "secret")).hasMessage("jslt: the body is not JSON");
        assertThatThrownBy(() -> language.createExpression(".a")
                        .evaluate(exchange(new ByteArrayInputStream(new byte[0])), Object.class))
                .hasMessageContaining("must be read first");
        assertThatThrownBy(() -> language.createExpression("{\"a\": "))
                .isInstanceOf(ExpressionIllegalSyntaxException.class);
    }

    @Test
    void messagesDoNotSeeEachOther() {
        Expression expression = language.createExpression("{\"a\": .n, \"b\": [for (.m) .n], \"c\": .n}");

        assertThat(IntStream.range(0, 2000)
                        .parallel()
                        .mapToObj(n -> new String(
                                (byte[]) expression.evaluate(
                                        exchange(("{\"n\":" + n + ",\"m\":[{\"n\":1}]}").getBytes(UTF_8)),
                                        Object.class),
                                UTF_8)))
                .allSatisfy(json -> assertThat(json).matches("\\{\"a\":(\\d+),.*\"c\":\\1}"));
    }

    private Object evaluate(String expression, String body) {
        return language.createExpression(expression).evaluate(exchange(body.getBytes(UTF_8)), Object.class);
    }

    private Exchange exchange(Object body) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(body);
        return exchange;
    }
}
