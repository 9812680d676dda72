package io.tandem.journal;

import static io.tandem.journal.Samples.NONE;
import static io.tandem.journal.Samples.ONE;
import static io.tandem.journal.Samples.get;
import static io.tandem.journal.Samples.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import io.tandem.support.ManualClock;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is due is attempted. */
class RedeliveryTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasDueByAClockThatWasSetBackIsAttemptedNow(boolean ordered) throws Exception {
        ManualClock clock = new ManualClock();
        ExecutorService executor = Executors.newCachedThreadPool();
        List<String> attempted = new CopyOnWriteArrayList<>();
        Map<String, Settings.Target> targets = ConfigurationLoader.load(ConfigurationSources.of(folder, Map.of())
                        .withOverrides(Map.of(
                                "target.api-one.url", "http://127.0.0.1:1/",
                                "target.api-one.auth", "none",
                                "target.api-one.ordered", String.valueOf(ordered))))
                .targets();
        try (Journal journal = Journals.open(Samples.settings(Samples.sqlite(folder)), Samples.terms(clock));
                Redelivery redelivery = new Redelivery(
                        journal,
                        targets,
                        new RedeliverySchedule(targets, Clock.systemUTC(), new SplittableRandom(1)),
                        due -> attempted.add(due.message().id()),
                        executor)) {
            clock.advance(Duration.ofHours(3));
            NewMessage message = message(NONE);
            get(journal.accept(message));
            clock.advance(Duration.ofHours(-3));

            redelivery.start();

            await().until(() -> !attempted.isEmpty());
            assertThat(attempted).containsExactly(message.id());
            assertThat(journal.nextDue(ONE)).isNull();
        } finally {
            executor.shutdown();
        }
    }
}
