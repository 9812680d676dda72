package io.tandem.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A short attack with the same seed each time; {@code mvn verify -Pfuzz} runs a long one with a new seed. */
class FuzzTest {
    private static final long SEED = 20261126;

    @Test
    void everyAttackIsAnsweredAndNothingIsLeft() throws Exception {
        try (Fuzzer fuzzer = new Fuzzer()) {
            assertThat(fuzzer.attack(SEED, 500, 32)).isEqualTo(500);
            assertThat(fuzzer.callByContract(SEED, 100)).isEqualTo(100);
            assertThat(fuzzer.answers()).containsKeys("200", "400 malformed-json", "404 not-found");
            fuzzer.assertQuiet();
        }
    }
}
