package io.tandem.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.scaling.Capacity.Limit;
import io.tandem.support.GeneratedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables of {@code docs/scaling.md} are what the formula makes of the measured figures. */
class ScalingPageTest {
    private static final Path PAGE = Path.of("docs/scaling.md");
    private static final int PROCESSORS = 2;
    private static final int IN_FLIGHT = 1024;
    private static final int PLACES = 32;
    private static final int MANY_PLACES = 512;
    private static final double[] SECONDS = {0.005, 0.05, 1};
    private static final int[] RATES = {100, 1_000, 10_000, 100_000};

    @Test
    void tablesAreUpToDate() throws IOException {
        String page = Files.readString(PAGE);

        page = replace(page, "cost", costs());
        page = replace(page, "pod", pods());
        page = replace(page, "sizing", sizing());

        GeneratedFile.assertUpToDate(PAGE, page, ScalingPageTest.class);
    }

    private static String replace(String page, String name, String table) {
        Matcher section = Pattern.compile("(?s)(<!-- %s -->\n).*?(\n<!-- end -->)".formatted(name))
                .matcher(page);
        assertThat(section.find()).as(name).isTrue();
        return section.replaceFirst("$1\n" + Matcher.quoteReplacement(table) + "$2");
    }

    private static String costs() {
        StringBuilder table = new StringBuilder("| way | Tandem | database | broker |\n|---|---:|---:|---:|\n");
        for (Way way : Way.values()) {
            table.append("| %s | %s | %s | %s |%n"
                    .formatted(way.title(), millis(way.cpu()), millis(way.databaseCpu()), millis(way.brokerCpu())));
        }
        return table.toString();
    }

    private static String millis(double seconds) {
        return seconds == 0 ? "" : String.format(Locale.ROOT, "%.2f", 1000 * seconds);
    }

    private static String pods() {
        StringBuilder table = new StringBuilder("| way | targets in 5 ms | in 50 ms | in 1 s |\n|---|---|---|---|\n");
        for (Way way : Way.values()) {
            table.append("| ").append(way.title());
            for (double seconds : SECONDS) {
                Capacity capacity = new Capacity(way, PROCESSORS, IN_FLIGHT, PLACES, seconds);
                table.append(String.format(
                        Locale.ROOT,
                        " | %,.0f, %s",
                        capacity.perPod(),
                        capacity.limit().title()));
            }
            table.append(" |\n");
        }
        return table.toString();
    }

    private static String sizing() {
        StringBuilder table = new StringBuilder(
                "| messages/s | way | pods | database | brokers | partitions |\n" + "|---:|---|---:|---:|---:|---:|\n");
        for (int perSecond : RATES) {
            for (Way way : Way.values()) {
                Capacity capacity = new Capacity(way, PROCESSORS, IN_FLIGHT, MANY_PLACES, 0.05);
                table.append(String.format(
                        Locale.ROOT,
                        "| %,d | %s | %d | %s | %s | %s |%n",
                        perSecond,
                        way.title(),
                        capacity.pods(perSecond),
                        orNone(capacity.databaseProcessors(perSecond)),
                        orNone(capacity.brokerProcessors(perSecond)),
                        orNone(capacity.partitions(perSecond))));
            }
        }
        return table.toString();
    }

    private static String orNone(int number) {
        return number == 0 ? "" : Integer.toString(number);
    }

    /** What the formula says fits, the simulation gets through without refusing any. */
    @ParameterizedTest
    @EnumSource(Way.class)
    void whatAPodTakesByTheFormulaIsTakenInTheSimulation(Way way) {
        int bound = 20;
        Capacity capacity = new Capacity(way, PROCESSORS, bound, bound, 0.05);
        Deployment pod = Deployment.bounded(1, way.waits() ? bound : Deployment.UNBOUNDED)
                .withPlaces(way.waits() ? Deployment.UNBOUNDED : bound)
                .withProcessors(PROCESSORS, way.cpu())
                .withOverhead(Capacity.OVERHEAD - way.cpu());

        Simulation.Result result =
                Simulation.open(pod, Chance.poisson(capacity.perPod(), 60_000), Chance.steady(0.05, 2));

        assertThat(capacity.limit()).isEqualTo(way.waits() ? Limit.IN_FLIGHT : Limit.PLACES);
        assertThat(result.meanInFlight()).isLessThan(bound);
        assertThat(result.refusedShare()).isLessThan(0.02);
        assertThat(result.mean()).isLessThan(1.1 * (0.05 + Capacity.OVERHEAD));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void twiceAsManyMessagesTakeTwiceAsManyPodsAndOneToSpare(Way way) {
        Capacity capacity = new Capacity(way, PROCESSORS, IN_FLIGHT, PLACES, 0.05);
        double perSecond = 9.4 * capacity.perPod();

        assertThat(capacity.pods(perSecond)).isEqualTo(11);
        assertThat(capacity.pods(2 * perSecond)).isEqualTo(20);
    }
}
