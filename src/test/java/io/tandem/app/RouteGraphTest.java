package io.tandem.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import io.tandem.status.Samples;
import io.tandem.status.Status;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RouteGraphTest {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Pattern VARIABLE = Pattern.compile("\\{\\{env:([A-Z0-9_]+)}}");

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.walk(PROJECT.resolve("routes/recipes"))) {
            return files.filter(file -> file.endsWith("application.properties")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void everyTargetOfARecipeIsReachedFromWhereMessagesComeIn(Path file) throws Exception {
        Map<String, String> environment = new TreeMap<>();
        Matcher variable = VARIABLE.matcher(Files.readString(file));
        while (variable.find()) {
            environment.put(variable.group(1), "s3cr3t");
        }
        Settings settings = ConfigurationLoader.load(
                ConfigurationSources.of(PROJECT, environment).withFile(file));

        Status.Routes drawn = draw(settings, Map.of("http", 3.0, "folder", 2.0, "journal", 1.0));

        for (String target : settings.targets().keySet()) {
            assertThat(edges(drawn, edge -> edge.to().equals("target " + target)))
                    .as(target)
                    .hasSize(1);
        }
        assertThat(edges(drawn, edge -> edge.from().startsWith("source ")))
                .as("each way in is counted")
                .isNotEmpty()
                .allMatch(edge -> edge.perSecond() != null && edge.perSecond() > 0);
        assertThat(edges(drawn, edge -> edge.to().equals("scatter-gather")))
                .as("what comes in goes on")
                .hasSizeGreaterThan(1)
                .allMatch(edge -> edge.perSecond() != null);
    }

    @Test
    void noNumberIsShownWhereAConditionDecides(@TempDir Path folder) throws Exception {
        RoutesFolder routes = new RoutesFolder(folder);
        routes.plant(
                "routes/1-redeliver.camel.yaml",
                "        - to: direct:scatter-gather",
                """
                - filter:
                    simple: ${body} != null
                    steps:
                      - to: direct:scatter-gather
                """
                        .indent(8)
                        .stripTrailing());
        routes.append(
                "routes/1-redeliver.camel.yaml",
                """

                - route:
                    id: from-elsewhere
                    from:
                      uri: timer:s3cr3t?period=3600000
                      steps:
                        - to: direct:scatter-gather
                """);
        Map<String, String> all = new HashMap<>(RunningTandem.target("api-one", "http://127.0.0.1:9/"));
        all.putAll(RunningTandem.target("api-two", "http://127.0.0.1:9/"));
        all.put("tandem.routes", folder.resolve("routes").toString());
        Settings settings = ConfigurationLoader.load(
                ConfigurationSources.of(folder, Map.of()).withOverrides(all));

        Status.Routes drawn = draw(settings, Map.of("http", 3.0, "journal", 1.0));

        assertThat(edges(drawn, edge -> edge.from().equals("redeliver")))
                .singleElement()
                .satisfies(edge -> assertThat(edge.perSecond()).isNull());
        assertThat(edges(drawn, edge -> edge.from().equals("receive-http")))
                .singleElement()
                .satisfies(edge -> assertThat(edge.perSecond()).isEqualTo(3.0));
        assertThat(drawn.nodes())
                .as("of what is not known only its kind is told")
                .anyMatch(node -> node.kind().equals("source") && node.label().equals("timer"))
                .noneMatch(node -> node.toString().contains("s3cr3t"));
    }

    @Test
    void entryIsDrawnWhenItIsOn() throws Exception {
        Map<String, String> all = new HashMap<>(RunningTandem.target("api-one", "http://127.0.0.1:9/"));
        all.putAll(RunningTandem.target("api-two", "http://127.0.0.1:9/"));
        all.put("tandem.kafka.topics", "orders");
        all.put("tandem.inbox.enabled", "false");
        Map<String, Double> entries = Map.of("http", 3.0, "kafka", 4.0);

        Status.Routes with = draw(load(all), entries);
        all.remove("tandem.kafka.topics");
        Status.Routes without = draw(load(all), entries);

        assertThat(edges(with, edge -> edge.from().equals("receive-kafka")))
                .singleElement()
                .satisfies(edge -> assertThat(edge.perSecond()).isEqualTo(4.0));
        assertThat(with.nodes())
                .extracting(Status.Node::label)
                .contains("Kafka")
                .doesNotContain("Folder", "direct");
        assertThat(without.nodes()).extracting(Status.Node::id).doesNotContain("receive-kafka", "receive-folder");
        assertThat(edges(without, edge -> edge.to().equals("scatter-gather"))).hasSize(2);
    }

    private static Settings load(Map<String, String> settings) {
        return ConfigurationLoader.load(
                ConfigurationSources.of(PROJECT, Map.of()).withOverrides(settings));
    }

    private static List<Status.Edge> edges(Status.Routes drawn, Predicate<Status.Edge> which) {
        return drawn.edges().stream().filter(which).toList();
    }

    private static Status.Routes draw(Settings settings, Map<String, Double> entries) throws Exception {
        Application application = new Application(settings);
        try {
            RouteSet set = application.loader().start();
            try {
                return RouteGraph.of(set.context(), settings).with(new Samples.Traffic(0, Map.of(), entries), Map.of());
            } finally {
                set.close(Duration.ZERO);
            }
        } finally {
            application.close();
        }
    }
}
