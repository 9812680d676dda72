package io.tandem.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code mvn verify -Pfuzz [-Dfuzz.requests=100000 -Dfuzz.seed=…]}: what it did is added to target/fuzz.txt. */
@Tag("fuzz")
class FuzzIT {
    @Test
    void everyAttackIsAnsweredAndNothingIsLeft() throws Exception {
        String given = System.getProperty("fuzz.seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        int requests = Integer.getInteger("fuzz.requests", 100_000);
        Path report = Path.of("target", "fuzz.txt");
        Files.writeString(report, "seed " + seed + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        try (Fuzzer fuzzer = new Fuzzer()) {
            long begin = System.nanoTime();
            int attacked = fuzzer.attack(seed, requests, 64);
            int called = fuzzer.callByContract(seed, requests / 10);
            fuzzer.assertQuiet();
            long seconds = (System.nanoTime() - begin) / 1_000_000_000;
            Files.writeString(
                    report,
                    "%d connections attacked, %d calls by the contract, %d s%n%s%n%s%n"
                            .formatted(attacked, called, seconds, fuzzer.rest(), fuzzer.answers()),
                    StandardOpenOption.APPEND);
            assertThat(attacked).isEqualTo(requests);
        }
    }
}
