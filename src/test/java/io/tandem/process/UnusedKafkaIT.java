package io.tandem.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.proof.Instance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is off costs nothing. */
class UnusedKafkaIT {
    @TempDir
    private Path folder;

    @Test
    void nothingOfKafkaIsLoadedWhenNoTopicIsNamed() throws Exception {
        assertThat(loaded(Map.of())).isEmpty();
        assertThat(loaded(Map.of("tandem.kafka.topics", "orders", "tandem.kafka.brokers", "127.0.0.1:1")))
                .isNotEmpty();
    }

    private List<String> loaded(Map<String, String> settings) throws Exception {
        Path classes = folder.resolve("classes-" + settings.size() + ".log");
        Map<String, String> all = new HashMap<>(settings);
        all.put("target.api-one.url", "http://127.0.0.1:1/");
        all.put("target.api-two.url", "http://127.0.0.1:1/");
        try (Instance instance = new Instance(
                folder.resolve("tandem-" + settings.size()),
                List.of("-Xlog:class+load:file=" + classes, "-XX:TieredStopAtLevel=1"),
                all)) {
            instance.start();
        }
        try (Stream<String> lines = Files.lines(classes)) {
            return lines.filter(line -> line.contains(" org.apache.kafka.")
                            || line.contains(" io.tandem.kafka.")
                            || line.contains(" io.tandem.entry.kafka."))
                    .toList();
        }
    }
}
