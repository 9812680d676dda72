package io.tandem.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionPolicyTest {
    /** Every pair of outcomes, under every policy. */
    static Stream<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        for (Outcome one : Outcome.values()) {
            for (Outcome two : Outcome.values()) {
                pairs.add(Arguments.of(one, two));
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void onlyDeliveredCounts(Outcome one, Outcome two) {
        boolean first = one == Outcome.DELIVERED;
        boolean second = two == Outcome.DELIVERED;
        List<Delivery> deliveries = List.of(delivery("api-one", one), delivery("api-two", two));

        assertThat(CompletionPolicy.parse("all").isMet(deliveries)).isEqualTo(first && second);
        assertThat(CompletionPolicy.parse("any").isMet(deliveries)).isEqualTo(first || second);
        assertThat(CompletionPolicy.parse("best-effort").isMet(deliveries)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void countsAndNamesAreHeeded(Outcome one, Outcome two) {
        boolean first = one == Outcome.DELIVERED;
        boolean second = two == Outcome.DELIVERED;
        List<Delivery> deliveries = List.of(delivery("api-one", one), delivery("api-two", two));

        assertThat(CompletionPolicy.parse("quorum:1").isMet(deliveries)).isEqualTo(first || second);
        assertThat(CompletionPolicy.parse("quorum:2").isMet(deliveries)).isEqualTo(first && second);
        assertThat(CompletionPolicy.parse("first").isMet(deliveries)).isEqualTo(first || second);
        assertThat(CompletionPolicy.parse("required:api-two").isMet(deliveries)).isEqualTo(second);
        assertThat(CompletionPolicy.parse("required:api-two,api-one").isMet(deliveries))
                .isEqualTo(first && second);
        assertThat(CompletionPolicy.parse("required:api-three").isMet(deliveries))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "any", "quorum:2", "required:api-one,api-two", "best-effort", "first"})
    void policyIsShownAsItWasWritten(String text) {
        assertThat(CompletionPolicy.parse(text).text()).isEqualTo(text);
    }

    @Test
    void policyCanBeMetWithWhatIsLeft() {
        Set<String> all = Set.of("api-one", "api-two");

        assertThat(CompletionPolicy.parse("all").canBeMet(all, all)).isTrue();
        assertThat(CompletionPolicy.parse("all").canBeMet(Set.of("api-one"), all))
                .isFalse();
        assertThat(CompletionPolicy.parse("any").canBeMet(Set.of("api-one"), all))
                .isTrue();
        assertThat(CompletionPolicy.parse("any").canBeMet(Set.of(), all)).isFalse();
        assertThat(CompletionPolicy.parse("best-effort").canBeMet(Set.of(), all))
                .isTrue();
    }

    @Test
    void unknownPolicyIsRefused() {
        assertThatThrownBy(() -> CompletionPolicy.parse("most"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("most");
    }

    private static Delivery delivery(String target, Outcome outcome) {
        Problem problem = outcome == Outcome.DELIVERED ? null : Problem.of(ProblemType.TARGET_FAILED, null);
        return new Delivery(target, outcome, 0, Duration.ZERO, 1, null, problem, null);
    }
}
