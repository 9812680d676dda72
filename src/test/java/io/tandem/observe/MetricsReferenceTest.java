package io.tandem.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.support.GeneratedFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code docs/metrics.md}, written from {@link TandemMeter}. */
class MetricsReferenceTest {
    @Test
    void pageIsUpToDateWhenRendered() {
        GeneratedFile.assertUpToDate(Path.of("docs/metrics.md"), render(), MetricsReferenceTest.class);
    }

    @ParameterizedTest
    @EnumSource(TandemMeter.class)
    void everyMeterSaysWhatItMeasures(TandemMeter meter) {
        assertThat(meter.description()).matches("[A-Z0-9][^|\\n]*[^.]");
        assertThat(meter.unit()).isNotBlank();
    }

    private static String render() {
        StringBuilder page = new StringBuilder(
                """
                <!-- Generated. Edit io.tandem.observe.TandemMeter, then
                     %s -->
                # Metrics

                Every meter at `/observe/metrics`, in Prometheus' text format. Timers have histogram buckets (`_bucket`), and
                `_count`, `_sum` and `_max`. [operations.md](operations.md#metrics) says which are worth an alert. Besides them
                there are those of the JVM (`jvm_…`, `process_…`, `system_…`).

                | meter | type | unit | tags | measures |
                |---|---|---|---|---|
                """
                        .formatted(GeneratedFile.command(MetricsReferenceTest.class)));
        for (TandemMeter meter : TandemMeter.values()) {
            page.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            meter.prometheusName(),
                            meter.type().name().toLowerCase(Locale.ROOT),
                            meter.unit(),
                            meter.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", ")),
                            meter.description()));
        }
        return page.toString();
    }
}
