package io.tandem.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.tandem.app.RouteLoader.FaultsException;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Fault;
import io.tandem.config.Severity;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java files beside the YAML: routes, and beans for both. */
class JavaRoutesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String GREETER =
            """
            import org.apache.camel.BindToRegistry;

            @BindToRegistry("greeter")
            public class Greeter {
                public String greet(String name) {
                    return new Words().hello() + " " + name;
                }
            }
            """;
    private static final String WORDS =
            """
            public class Words {
                public String hello() {
                    return "hello";
                }
            }
            """;
    private static final String ROUTES =
            """
            import org.apache.camel.BindToRegistry;
            import org.apache.camel.AggregationStrategy;
            import org.apache.camel.builder.AggregationStrategies;
            import org.apache.camel.builder.RouteBuilder;

            public class Greetings extends RouteBuilder {
                @BindToRegistry("joined")
                public AggregationStrategy joined() {
                    return AggregationStrategies.string(" & ");
                }

                @Override
                public void configure() {
                    from("direct:greet").routeId("greet").setBody(constant("you")).to("bean:greeter");
                }
            }
            """;
    private static final String YAML =
            """
            - rest:
                path: /greet
                get:
                  - to: direct:greet-twice
            - route:
                id: greet-twice
                from:
                  uri: direct:greet-twice
                  steps:
                    - setBody:
                        constant: me
                    - multicast:
                        aggregationStrategy: "#joined"
                        parallelProcessing: false
                        steps:
                          - to: bean:greeter?method=greet
                          - bean:
                              ref: greeter
                          - to: direct:greet
            """;

    @TempDir
    private Path temp;

    private final StubTargets targets = new StubTargets();
    private final Map<String, String> settings = new HashMap<>(targets.settings());
    private RoutesFolder folder;

    @BeforeEach
    void copy() throws IOException {
        folder = new RoutesFolder(temp.toRealPath());
        settings.put("tandem.routes", folder.path("routes").toString());
        folder.write("routes/Greeter.java", GREETER);
        folder.write("routes/Words.java", WORDS);
        folder.write("routes/Greetings.java", ROUTES);
        folder.write("routes/3-greet-twice.camel.yaml", YAML);
        // neither is theirs
        folder.write("routes/client.mjs", "import 'x';");
        folder.write("routes/.Broken.java", "class {");
    }

    @AfterEach
    void stop() {
        targets.close();
    }

    @Test
    void routesAndBeansWorkBesideYaml() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(greeting(tandem)).isEqualTo("hello me & hello me & hello you");
        }
    }

    @Test
    void editsTakeEffectAndBrokenOnesAreRefusedWithTheirPlace() throws IOException {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            folder.append(
                    "routes/Words.java",
                    "// \" it's\n/* \" */ class Long { String text = \"" + "a\\\\n".repeat(10_000) + "\"; }\n");
            folder.plant("routes/Words.java", "hello\"", "good morning\"");
            await().atMost(PATIENCE).until(() -> greeting(tandem).startsWith("good morning me"));

            folder.plant("routes/Greeter.java", "return new", "retrun new");
            await().atMost(PATIENCE).until(() -> tandem.application().reloads().refusal() != null);
            assertThat(tandem.application().reloads().refusal().faults().get(0).line())
                    .startsWith(folder.path("routes/Greeter.java") + ":6:");
            assertThat(greeting(tandem)).startsWith("good morning me");

            folder.write("routes/Greeter.java", GREETER);
            await().atMost(PATIENCE).until(() -> tandem.application().reloads().refusal() == null);

            Files.delete(folder.path("routes/Greeter.java"));
            await().atMost(PATIENCE).until(() -> tandem.application().reloads().refusal() != null);
            assertThat(tandem.application().reloads().refusal().faults())
                    .extracting(Fault::line)
                    .anySatisfy(line -> assertThat(line)
                            .startsWith(folder.path("routes/3-greet-twice.camel.yaml") + ":"
                                    + folder.line("routes/3-greet-twice.camel.yaml", "ref: greeter")
                                    + ":24: there is no bean 'greeter'"))
                    .anySatisfy(line -> assertThat(line)
                            .startsWith(folder.path("routes/Greetings.java") + ":14:"
                                    + folder.column("routes/Greetings.java", "greeter\")")
                                    + ": there is no bean 'greeter'"));
            assertThat(greeting(tandem)).startsWith("good morning me");

            folder.write(
                    "routes/3-greet-twice.camel.yaml",
                    "- rest:\n    path: /greet\n    get:\n      - to: direct:greet\n");
            folder.plant("routes/Greetings.java", ".to(\"bean:greeter\")", "");
            await().atMost(PATIENCE).until(() -> greeting(tandem).equals("you"));
        }
    }

    @Test
    void examplesOfTheGuideWork() throws IOException {
        Matcher example = Pattern.compile("```java\n// (routes/\\w+\\.java)\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/routes.md")));
        while (example.find()) {
            folder.write(example.group(1), example.group(2));
        }
        folder.plant(
                "routes/2-scatter-gather.camel.yaml",
                "        - multicast:",
                "        - to: bean:prices?method=add\n        - multicast:");
        folder.write("routes/3-ping.camel.yaml", "- rest:\n    path: /ping\n    get:\n      - to: direct:ping\n");

        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(tandem.postJson("{\"item\":\"tea\"}").statusCode()).isEqualTo(200);
            assertThat(targets.received("api-one"))
                    .extracting(request -> request.getBodyAsString())
                    .containsExactly("{\"item\":\"tea\",\"price\":3}");
            assertThat(tandem.get(tandem.uri("/ping")).body()).isEqualTo("pong");
        }
    }

    @Test
    void beanIsClosedWithItsRoutes() throws Exception {
        settings.put("tandem.reload", "false");
        folder.plant("routes/Greeter.java", "\"greeter\"", "value = \"greeter\", destroyMethod = \"close\"");
        folder.plant(
                "routes/Greeter.java",
                "Greeter {",
                "Greeter {\n    public void close() {\n        System.setProperty(\"greeter.closed\", \"yes\");\n    }\n");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(System.getProperty("greeter.closed")).isNull();
            tandem.application().reload(new TreeSet<>(), () -> false);
            await().atMost(PATIENCE).until(() -> "yes".equals(System.clearProperty("greeter.closed")));
        }
    }

    @Test
    void classesOfReplacedRoutesAreLetGo() throws Exception {
        settings.put("tandem.reload", "false");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            List<WeakReference<Class<?>>> replaced = new ArrayList<>();
            Set<Integer> different = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                replaced.add(new WeakReference<>(greeter(tandem)));
                different.add(System.identityHashCode(greeter(tandem)));
                folder.plant("routes/Words.java", "return \"", "return \"" + i);
                assertThat(tandem.application().reload(new TreeSet<>(), () -> false))
                        .isTrue();
                assertThat(greeting(tandem)).startsWith(Integer.toString(i));
            }
            assertThat(different).hasSizeGreaterThan(1);
            folder.plant("routes/Greeter.java", "greeter", "greter");
            for (int i = 0; i < 3; i++) {
                catchThrowableOfType(
                        FaultsException.class, () -> tandem.application().reload(new TreeSet<>(), () -> false));
            }

            await().atMost(PATIENCE).untilAsserted(() -> {
                System.gc();
                // Camel's Simple language holds the context that was made last
                assertThat(replaced).filteredOn(loaded -> loaded.get() != null).hasSizeLessThanOrEqualTo(1);
            });
        }
    }

    private static Class<?> greeter(RunningTandem tandem) {
        return tandem.application()
                .context()
                .getRegistry()
                .lookupByName("greeter")
                .getClass();
    }

    @Test
    void whatFailsInTheirCodeIsToldWithItsLine() {
        folder.plant("routes/Greetings.java", "from(\"direct:greet\")", "from(null + String.valueOf(1 / zero()))");
        folder.plant(
                "routes/Greetings.java",
                "    @Override",
                "    int zero() {\n        return 0;\n    }\n\n    @Override");

        RouteCheck.Report report = RouteCheck.check(
                ConfigurationLoader.load(ConfigurationSources.of(temp, Map.of()).withOverrides(settings)),
                Map.of(),
                true);

        assertThat(report.faults())
                .filteredOn(fault -> fault.severity() == Severity.ERROR)
                .singleElement()
                .satisfies(fault -> assertThat(fault.line())
                        .startsWith(folder.path("routes/Greetings.java") + ":"
                                + folder.line("routes/Greetings.java", "1 / zero()"))
                        .contains("/ by zero"));
    }

    @Test
    void javaThatIsNoJdkIsToldOnlyWhenThereIsSomethingToCompile() throws Exception {
        assertThat(checkedByRuntime())
                .contains(folder.path("routes/Greeter.java")
                        + ":1:1: error: Java files in the folder of the routes need a JDK")
                .contains("run Tandem with a JDK 17 or newer");

        for (String file : List.of("Greeter.java", "Greetings.java", "Words.java", "3-greet-twice.camel.yaml")) {
            Files.delete(folder.path("routes/" + file));
        }
        assertThat(checkedByRuntime()).startsWith("ok: 2 targets");
    }

    /** What {@code tandem check} says where there is no compiler. */
    private String checkedByRuntime() throws IOException {
        StringBuilder properties = new StringBuilder();
        settings.forEach(
                (key, value) -> properties.append(key).append('=').append(value).append('\n'));
        folder.write("application.properties", properties.toString());
        Process check = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        "java.se,jdk.unsupported",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.tandem.Tandem",
                        "check",
                        "--config",
                        folder.path("application.properties").toString())
                .redirectErrorStream(true)
                .start();
        return new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String greeting(RunningTandem tandem) {
        HttpResponse<String> reply = tandem.get(tandem.uri("/greet"));
        return reply.statusCode() == 200 ? reply.body() : reply.statusCode() + reply.body();
    }
}
