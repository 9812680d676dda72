package io.tandem.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import io.tandem.journal.Acceptance;
import io.tandem.journal.Journal;
import io.tandem.journal.Journals;
import io.tandem.journal.NewMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;

/** A journal of a Tandem that had one target more: {@code api-three}. */
public final class RemovedTarget {
    /** A message to {@code api-one} and {@code api-three}, which neither has yet. */
    public static final String MESSAGE = "01JD8X4Q6T3K5M7N9P0R2S4V6X";

    private RemovedTarget() {}

    /** @return the URL of the journal */
    public static String journalIn(Path folder) throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("removed.db");
        Settings settings = ConfigurationLoader.load(ConfigurationSources.of(folder, Map.of())
                .withOverrides(Map.of(
                        "target.api-three.url", "http://127.0.0.1:1/",
                        "target.api-three.auth", "none",
                        "tandem.journal.url", url)));
        NewMessage message = new NewMessage(
                MESSAGE,
                "http",
                "http:key-of-removed",
                "{\"order\":1}".getBytes(StandardCharsets.UTF_8),
                "application/json",
                Map.of(),
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                Set.of("api-one", "api-three"),
                Set.of());
        try (Journal journal = Journals.open(
                settings.journal(),
                Map.of("api-one", true, "api-three", true),
                settings.deadline(),
                Clock.systemUTC())) {
            assertThat(journal.accept(message).toCompletableFuture().join()).isInstanceOf(Acceptance.Fresh.class);
        }
        return url;
    }
}
