package io.tandem.cli;

import io.tandem.app.StartException;
import io.tandem.config.ConfigurationException;
import io.tandem.config.LiveConfiguration;
import io.tandem.config.Settings;
import io.tandem.demo.Demo;
import io.tandem.demo.DemoException;
import io.tandem.demo.DemoSettings;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem demo}: the service between demo parties of its own, with nothing configured. */
@Command(
        name = "demo",
        description = {
            "Runs all of it on this machine with nothing configured: two demo APIs, a demo authorization server, and"
                    + " Tandem between them.",
            "The demo has settings of its own, such as --set demo.api-one.latency=200ms,"
                    + " --set demo.api-two.failure-rate=0.2 or --set demo.api-one.port=9081."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final String DEMO_PREFIX = "demo.";

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions configuration;

    @Option(
            names = "--traffic",
            paramLabel = "RATE",
            description = "Sends orders at that rate, such as 20/s, so that there is something to see.")
    private @Nullable String traffic;

    @Option(names = "--chaos", description = "Lets the demo APIs fail, slow down and recover in turn.")
    private boolean chaos;

    @Override
    public Integer call() {
        Demo demo = null;
        try {
            if (traffic != null) {
                configuration.overrides().put(DEMO_PREFIX + "traffic", traffic);
            }
            if (chaos) {
                configuration.overrides().put(DEMO_PREFIX + "chaos", "true");
            }
            DemoSettings ofDemo = DemoSettings.parse(configuration.overrides());
            demo = Demo.start(ofDemo);
            Map<String, String> overrides = new HashMap<>(demo.configuration());
            if (ofDemo.chaos()) {
                // what guards targets from each other's trouble is to be seen, too
                overrides.put("target." + Demo.API_ONE + ".breaker", "true");
                overrides.put("target." + Demo.API_TWO + ".breaker", "true");
            }
            configuration.overrides().forEach((key, value) -> {
                if (!key.startsWith(DEMO_PREFIX)) {
                    overrides.put(key, value);
                }
            });
            LiveConfiguration live = LiveConfiguration.load(
                    configuration.sources().withoutDefaultFile().withOverrides(overrides));
            RunningService service = RunningService.start(live);
            service.closeOnShutdown(demo::close);
            Settings.Inbox inbox = live.settings().inbox();
            demo.move(URI.create(entry(service, live.settings()) + "/messages"), inbox.enabled() ? inbox.dir() : null);
            greet(spec.commandLine().getOut(), demo, service, live.settings());
            return TandemCommand.KEEP_RUNNING;
        } catch (ConfigurationException | DemoException | StartException e) {
            if (demo != null) {
                demo.close();
            }
            spec.commandLine().getErr().println(e.getMessage());
            return TandemCommand.FAILED;
        }
    }

    private static void greet(PrintWriter out, Demo demo, RunningService service, Settings settings) {
        String tandem = entry(service, settings);
        String management = "http://" + settings.management().host() + ":"
                + service.application().managementPort();
        out.printf(
                """

                The demo is running; Ctrl-C ends it.

                Send a message:
                  curl -i %1$s/messages -H 'Content-Type: application/json' -d '{"order":1,"item":"tea"}'

                %2$sMake a demo API slow, or let it fail:
                  curl -X PUT %3$s/behaviour -H 'Content-Type: application/json' -d '{"latencyMs":500,"failureRate":0.5}'

                Look around:
                  %1$s/                     the status page: what goes on, what became of each message
                  %1$s/docs                 the API, to try in the browser
                  %4$s/observe/health       is it well?
                  %4$s/observe/metrics      Prometheus metrics
                  %5$s/ledger               what api-one has received
                  %3$s/ledger               what api-two has received

                """,
                tandem, dropAFile(settings.inbox()), demo.url(Demo.API_TWO), management, demo.url(Demo.API_ONE));
        out.flush();
    }

    private static String entry(RunningService service, Settings settings) {
        return "http://" + settings.http().host() + ":" + service.application().httpPort();
    }

    private static String dropAFile(Settings.Inbox inbox) {
        if (!inbox.enabled()) {
            return "";
        }
        Path here = Path.of("").toAbsolutePath();
        Path dir = inbox.dir().startsWith(here) ? here.relativize(inbox.dir()) : inbox.dir();
        return """
                Drop a file; the replies come in %2$s:
                  printf '{"order":2}\\n{"order":3}\\n' > %1$s

                """
                .formatted(
                        dir.resolve("orders.ndjson"),
                        dir.resolveSibling("replies").resolve("orders.ndjson.reply.ndjson"));
    }
}
